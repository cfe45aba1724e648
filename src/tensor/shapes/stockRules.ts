/**
 * The rules of TensorFlow.js's kernels.
 */
import { sizeOf } from "../../exact/frame.ts"
import { tf } from "../tf.ts"
import { alike, fresh, makes, makesAll, shared } from "../kernels/spec/Outcome.ts"
import { input, numbers, type Call, type Rule } from "./Rule.ts"

// --------------------------------------------------------- constructors

const each = (names: string, rule: Rule): Readonly<Record<string, Rule>> =>
  Object.fromEntries(names.split(" ").map((name) => [name, rule]))

/** One value for every element of x. */
const unary =
  (dtype?: tf.DataType): Rule =>
  (call) => {
    const x = call.inputs["x"] ?? call.inputs["logits"] ?? input(call, "dy")
    return makes(fresh(x.shape, dtype ?? x.dtype))
  }

/** One value for every pair of elements, shapes spread over each other. */
const binary =
  (dtype?: tf.DataType): Rule =>
  (call) => {
    const [a, b] = [input(call, "a"), input(call, "b")]
    const shape = tf.broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape])
    return makes(fresh(shape, dtype ?? a.dtype))
  }

/** One value for all elements along some axes. */
const reduction =
  (dtype?: (x: tf.DataType) => tf.DataType): Rule =>
  (call) => {
    const x = input(call, "x")
    const axes = tf.util.parseAxisParam((call.attrs["axis"] ?? call.attrs["reductionIndices"]) as number | number[], [
      ...x.shape,
    ])
    const keep = call.attrs["keepDims"] === true
    const shape = x.shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : keep ? [1] : []))
    return makes(fresh(shape, dtype === undefined ? x.dtype : dtype(x.dtype)))
  }

const conv = (call: Call, inputShape: ReadonlyArray<number>, filterShape: ReadonlyArray<number>, depthwise: boolean) =>
  tf.backend_util.computeConv2DInfo(
    [...inputShape] as [number, number, number, number], // tfjs's ops have checked the ranks
    [...filterShape] as [number, number, number, number],
    call.attrs["strides"] as number,
    (call.attrs["dilations"] ?? 1) as number,
    call.attrs["pad"] as number,
    call.attrs["dimRoundingMode"] as "floor",
    depthwise,
  )

/** A convolution of x by a filter, and the work of it. */
const convolved =
  (depthwise: boolean): Rule =>
  (call) => {
    const [x, filter] = [input(call, "x"), input(call, "filter")]
    const { outShape } = conv(call, x.shape, filter.shape, depthwise)
    const each = depthwise ? filter.shape.slice(0, 2) : filter.shape.slice(0, 3)
    return { outputs: fresh(outShape), operations: 2 * sizeOf(outShape) * sizeOf(each) }
  }

const withWork = (shape: ReadonlyArray<number>, filter: ReadonlyArray<number>, dy: tf.TensorInfo) => ({
  outputs: fresh(shape),
  operations: 2 * sizeOf(dy.shape) * sizeOf(filter.slice(0, 3)),
})

const matMul: Rule = (call) => {
  const [a, b] = [input(call, "a"), input(call, "b")]
  const [m = 1, k = 1] = call.attrs["transposeA"] === true ? a.shape.slice(-2).toReversed() : a.shape.slice(-2)
  const [, n = 1] = call.attrs["transposeB"] === true ? b.shape.slice(-2).toReversed() : b.shape.slice(-2)
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
  return { outputs: fresh([...outer, m, n], a.dtype), operations: 2 * sizeOf(outer) * m * k * n }
}

const concat: Rule = (call) => {
  const parts = Object.values(call.inputs).filter((x): x is tf.TensorInfo => x !== undefined)
  const [first] = parts
  if (first === undefined) throw new Error("Nothing was given to join.")
  const full = parts.filter(({ shape }) => sizeOf(shape) > 0)
  if (full[0] !== undefined && full.length === 1) return makes(shared(full[0]))
  const axis = tf.util.parseAxisParam(Number(call.attrs["axis"]), [...first.shape])[0] ?? 0
  return makes(
    fresh(
      tf.backend_util.computeOutShape(
        parts.map(({ shape }) => [...shape]),
        axis,
      ),
      first.dtype,
    ),
  )
}

const pack: Rule = (call) => {
  const parts = Object.values(call.inputs).filter((x): x is tf.TensorInfo => x !== undefined)
  const [first] = parts
  if (first === undefined) throw new Error("Nothing was given to stack.")
  const axis = Number(call.attrs["axis"])
  const shape = [...first.shape.slice(0, axis), parts.length, ...first.shape.slice(axis)]
  return makes(parts.length === 1 ? shared(first, shape) : fresh(shape, first.dtype))
}

const unpack: Rule = (call) => {
  const x = input(call, "value")
  const axis = ((call.attrs["axis"] as number) + x.shape.length) % x.shape.length
  const part = fresh(x.shape.toSpliced(axis, 1), x.dtype)
  return makesAll(...Array.from({ length: x.shape[axis] ?? 0 }, () => part))
}

const split: Rule = (call) => {
  const x = input(call, "x")
  const axis = tf.util.parseAxisParam(Number(call.attrs["axis"]), [...x.shape])[0] ?? 0
  const given = call.attrs["numOrSizeSplits"] as number | number[]
  const sizes = tf.backend_util.prepareSplitSize({ shape: x.shape } as tf.Tensor, given, axis) // the shape is all it reads
  return makesAll(...sizes.map((size) => fresh(x.shape.with(axis, size), x.dtype)))
}

/** Own kernels of wasm copy nothing where no two axes longer than one change places. */
const transpose: Rule = (call) => {
  const x = input(call, "x")
  const perm = numbers(call, "perm")
  const shape = perm.map((axis) => x.shape[axis] ?? 1)
  const long = perm.filter((axis) => x.shape[axis] !== 1)
  const still = call.target.backend === "wasm" && long.every((axis, i) => i === 0 || (long[i - 1] ?? 0) < axis)
  return makes(still ? shared(x, shape) : fresh(shape, x.dtype))
}

const slice: Rule = (call) => {
  const x = input(call, "x")
  const given = call.attrs as unknown as { readonly begin: number[]; readonly size: number[] } // as tfjs's op gives them
  const [, size = []] = tf.slice_util.parseSliceParams(x, given.begin, given.size)
  return makes(fresh(size, x.dtype))
}

const gather: Rule = (call) => {
  const [x, indices] = [input(call, "x"), input(call, "indices")]
  const axis = tf.util.parseAxisParam(Number(call.attrs["axis"] ?? 0), [...x.shape])[0] ?? 0
  const skipped = Number(call.attrs["batchDims"] ?? 0)
  return makes(fresh([...x.shape.slice(0, axis), ...indices.shape.slice(skipped), ...x.shape.slice(axis + 1)], x.dtype))
}

// ------------------------------------------------------------ instances

/** Rules by the name of the kernel. */
export const stockRules: Readonly<Record<string, Rule>> = {
  ...each(
    "Abs Neg Exp Expm1 Log Log1p Sqrt Rsqrt Square Reciprocal Sin Cos Tan Sinh Cosh Tanh Asin Acos Atan Asinh Acosh Atanh Erf " +
      "Floor Ceil Round Sign Relu Relu6 Elu Selu LeakyRelu Prelu Sigmoid Softplus Step ClipByValue Softmax LogSoftmax Cumsum " +
      "ZerosLike OnesLike Reverse EluGrad",
    unary(),
  ),
  ...each("IsNan IsInf IsFinite LogicalNot", unary("bool")),
  ...each("Add Sub Multiply RealDiv FloorDiv Maximum Minimum Mod Pow SquaredDifference Atan2", binary()),
  ...each("Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr LogicalXor", binary("bool")),
  ...each(
    "Sum Prod",
    reduction((dtype) => (dtype === "bool" ? "int32" : dtype)),
  ),
  ...each("Max Min All Any", reduction()),
  Mean: reduction(() => "float32"),
  ...each(
    "ArgMax ArgMin",
    reduction(() => "int32"),
  ),
  AddN: (call) => {
    const [first, one] = [input(call, "0"), call.inputs["1"] === undefined]
    return makes(call.target.backend === "webgpu" && one ? shared(first) : alike(first))
  },
  Select: (call) => makes(alike(input(call, "t"))),
  Reshape: (call) =>
    makes(
      shared(
        input(call, "x"),
        tf.util.inferFromImplicitShape([...numbers(call, "shape")], sizeOf(input(call, "x").shape)),
      ),
    ),
  Identity: (call) => makes(shared(input(call, "x"))),
  ExpandDims: (call) => {
    const x = input(call, "input")
    const dim = Number(call.attrs["dim"])
    return makes(shared(x, x.shape.toSpliced(dim < 0 ? x.shape.length + 1 + dim : dim, 0, 1)))
  },
  Cast: (call) => {
    const x = input(call, "x")
    const dtype = call.attrs["dtype"] as tf.DataType // tfjs's op has checked it
    const copies = call.target.backend === "cpu" ? tf.util.hasEncodingLoss(x.dtype, dtype) : dtype !== x.dtype
    return makes(copies ? fresh(x.shape, dtype) : { ...shared(x), dtype })
  },
  Fill: ({ attrs }) => makes(fresh(attrs["shape"] as number[], (attrs["dtype"] ?? "float32") as tf.DataType)),
  Tile: (call) => {
    const x = input(call, "x")
    const reps = numbers(call, "reps")
    return makes(
      fresh(
        x.shape.map((size, axis) => size * (reps[axis] ?? 1)),
        x.dtype,
      ),
    )
  },
  PadV2: (call) => {
    const x = input(call, "x")
    const paddings = call.attrs["paddings"] as ReadonlyArray<readonly [number, number]>
    if (call.target.backend === "webgpu" && paddings.flat().every((size) => size === 0)) return makes(shared(x))
    return makes(
      fresh(
        x.shape.map((size, axis) => size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0)),
        x.dtype,
      ),
    )
  },
  OneHot: (call) =>
    makes(
      fresh(
        [...input(call, "indices").shape, Number(call.attrs["depth"])],
        (call.attrs["dtype"] ?? "int32") as tf.DataType,
      ),
    ),
  TopK: (call) => {
    const x = input(call, "x")
    const shape = x.shape.with(-1, Number(call.attrs["k"]))
    return makesAll(fresh(shape, x.dtype), fresh(shape, "int32"))
  },
  UnsortedSegmentSum: (call) => {
    const [x, ids] = [input(call, "x"), input(call, "segmentIds")]
    return makes(fresh([Number(call.attrs["numSegments"]), ...x.shape.slice(ids.shape.length)], x.dtype))
  },
  Concat: concat,
  Pack: pack,
  Unpack: unpack,
  SplitV: split,
  Transpose: transpose,
  Slice: slice,
  GatherV2: gather,
  BatchMatMul: matMul,
  _FusedMatMul: matMul,
  Conv2D: convolved(false),
  DepthwiseConv2dNative: convolved(true),
  Conv2DBackpropInput: (call) => withWork(numbers(call, "inputShape"), input(call, "filter").shape, input(call, "dy")),
  Conv2DBackpropFilter: (call) =>
    withWork(numbers(call, "filterShape"), numbers(call, "filterShape"), input(call, "dy")),
  DepthwiseConv2dNativeBackpropInput: (call) =>
    withWork(numbers(call, "inputShape"), input(call, "filter").shape.slice(0, 2), input(call, "dy")),
  DepthwiseConv2dNativeBackpropFilter: (call) =>
    withWork(numbers(call, "filterShape"), numbers(call, "filterShape").slice(0, 2), input(call, "dy")),
}
