/**
 * The rules of TensorFlow.js's kernels.
 */
import { sizeOf } from "../../exact/frame.ts"
import { alike, fresh, makes, makesAll, shared, type Outcome } from "../kernels/spec/Outcome.ts"
import { stock } from "../kernels/spec/stock.ts"
import { tf } from "../tf.ts"
import { rule, rules, type Rules } from "./Rule.ts"

// ---------------------------------------------------------------- model

/** The attributes of convolutions. */
type ConvAttrs = Pick<tf.Conv2DAttrs, "strides" | "dilations" | "pad" | "dimRoundingMode">

// --------------------------------------------------------- constructors

const unary = (name: string) => stock<tf.UnaryInputs, {}>(name)

const binary = (name: string) => stock<tf.BinaryInputs, {}>(name)

const reducing = (name: string) => stock<tf.SumInputs, tf.SumAttrs>(name)

const convolving = (name: string) => stock<tf.Conv2DInputs, ConvAttrs>(name)

const multiplying = (name: string) => stock<tf.BatchMatMulInputs, tf.BatchMatMulAttrs>(name)

/** Returns one value for each pair of elements of two tensors whose shapes broadcast. */
const paired = (
  { a, b }: { readonly a: tf.TensorInfo; readonly b: tf.TensorInfo },
  dtype: tf.DataType = a.dtype,
): Outcome => makes(fresh(tf.broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]), dtype))

/** Returns a reduction along some axes. */
const reduced = (
  x: tf.TensorInfo,
  axis: number | number[],
  keepDims = false,
  dtype: tf.DataType = x.dtype,
): Outcome => {
  const axes = tf.util.parseAxisParam(axis, [...x.shape])
  return makes(
    fresh(
      x.shape.flatMap((size, i) => (!axes.includes(i) ? [size] : keepDims ? [1] : [])),
      dtype,
    ),
  )
}

/** Returns the output of a convolution and its work, with `perOutput` multiplications per output element. */
const convolved = (
  { x, filter }: { readonly x: tf.TensorInfo; readonly filter: tf.TensorInfo },
  { strides, dilations, pad, dimRoundingMode }: ConvAttrs,
  isDepthwise: boolean,
  perOutput: number,
): Outcome => {
  const { outShape } = tf.backend_util.computeConv2DInfo(
    [...x.shape] as [number, number, number, number], // TensorFlow.js's operations have checked the ranks
    [...filter.shape] as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
    isDepthwise,
  )
  return { outputs: fresh(outShape), operations: 2 * sizeOf(outShape) * perOutput }
}

/** Returns a gradient of a convolution and its work. */
const pulled = (shape: readonly number[], dy: tf.TensorInfo, perOutput: readonly number[]): Outcome => ({
  outputs: fresh(shape),
  operations: 2 * sizeOf(dy.shape) * sizeOf(perOutput),
})

/** Returns the unnamed inputs of a kernel and the first of them. Throws if there is none. */
const some = (
  inputs: readonly tf.TensorInfo[],
  done: string,
): readonly [first: tf.TensorInfo, parts: readonly tf.TensorInfo[]] => {
  const parts = Object.values(inputs)
  const [first] = parts
  if (first === undefined) throw new Error(`No tensor was passed to ${done}.`)
  return [first, parts]
}

// ------------------------------------------------------------ instances

/** Kernels with one value for each element or each pair of elements. */
const elementwise: Rules = {
  ...rules(
    [
      ...[tf.Abs, tf.Neg, tf.Exp, tf.Expm1, tf.Log, tf.Log1p, tf.Sqrt, tf.Rsqrt, tf.Square, tf.Reciprocal],
      ...[tf.Sin, tf.Cos, tf.Tan, tf.Sinh, tf.Cosh, tf.Tanh, tf.Asin, tf.Acos, tf.Atan, tf.Asinh, tf.Acosh, tf.Atanh],
      ...[tf.Erf, tf.Floor, tf.Ceil, tf.Round, tf.Sign, tf.Relu, tf.Relu6, tf.Elu, tf.Selu, tf.LeakyRelu, tf.Prelu],
      ...[tf.Sigmoid, tf.Softplus, tf.Step, tf.ClipByValue, tf.Cumsum, tf.ZerosLike, tf.OnesLike, tf.Reverse],
    ].map(unary),
    ({ x }) => makes(alike(x)),
  ),
  ...rules(
    [tf.Softmax, tf.LogSoftmax].map((name) => stock<tf.SoftmaxInputs, {}>(name)),
    ({ logits }) => makes(alike(logits)),
  ),
  ...rule(stock<tf.EluGradInputs, {}>(tf.EluGrad), ({ dy }) => makes(alike(dy))),
  ...rules([tf.IsNan, tf.IsInf, tf.IsFinite, tf.LogicalNot].map(unary), ({ x }) => makes(fresh(x.shape, "bool"))),
  ...rules(
    [
      ...[tf.Add, tf.Sub, tf.Multiply, tf.RealDiv, tf.FloorDiv, tf.Maximum, tf.Minimum, tf.Mod, tf.Pow],
      ...[tf.SquaredDifference, tf.Atan2],
    ].map(binary),
    (inputs) => paired(inputs),
  ),
  ...rules(
    [
      ...[tf.Equal, tf.NotEqual, tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual],
      ...[tf.LogicalAnd, tf.LogicalOr, tf.LogicalXor],
    ].map(binary),
    (inputs) => paired(inputs, "bool"),
  ),
  ...rule(stock<tf.AddNInputs, {}>(tf.AddN), (inputs, _attributes, { backend }) => {
    const [first, parts] = some(inputs, "add")
    return makes(backend === "webgpu" && parts.length === 1 ? shared(first) : alike(first))
  }),
  ...rule(stock<tf.SelectInputs, {}>(tf.Select), ({ t }) => makes(alike(t))),
  ...rule(stock<tf.CastInputs, tf.CastAttrs>(tf.Cast), ({ x }, { dtype }, { backend }) => {
    const copies = backend === "cpu" ? tf.util.hasEncodingLoss(x.dtype, dtype) : dtype !== x.dtype
    return makes(copies ? fresh(x.shape, dtype) : { ...shared(x), dtype })
  }),
}

const reductions: Rules = {
  ...rules([tf.Sum, tf.Prod].map(reducing), ({ x }, { axis, keepDims }) =>
    reduced(x, axis, keepDims, x.dtype === "bool" ? "int32" : x.dtype),
  ),
  ...rules([tf.Min, tf.All, tf.Any].map(reducing), ({ x }, { axis, keepDims }) => reduced(x, axis, keepDims)),
  ...rule(stock<tf.MaxInputs, tf.MaxAttrs>(tf.Max), ({ x }, { reductionIndices, keepDims }) =>
    reduced(x, reductionIndices, keepDims),
  ),
  ...rule(reducing(tf.Mean), ({ x }, { axis, keepDims }) => reduced(x, axis, keepDims, "float32")),
  ...rules(
    [tf.ArgMax, tf.ArgMin].map((name) => stock<tf.ArgMaxInputs, tf.ArgMaxAttrs>(name)),
    ({ x }, { axis }) => reduced(x, axis, false, "int32"),
  ),
  ...rule(stock<tf.TopKInputs, tf.TopKAttrs>(tf.TopK), ({ x }, { k }) => {
    const shape = x.shape.with(-1, k)
    return makesAll(fresh(shape, x.dtype), fresh(shape, "int32"))
  }),
  ...rule(
    stock<tf.UnsortedSegmentSumInputs, tf.UnsortedSegmentSumAttrs>(tf.UnsortedSegmentSum),
    ({ x, segmentIds }, { numSegments }) =>
      makes(fresh([numSegments, ...x.shape.slice(segmentIds.shape.length)], x.dtype)),
  ),
}

/** Kernels that return the same elements in another order or shape, or parts of them. */
const rearrangements: Rules = {
  ...rule(stock<tf.ReshapeInputs, tf.ReshapeAttrs>(tf.Reshape), ({ x }, { shape }) =>
    makes(shared(x, tf.util.inferFromImplicitShape([...shape], sizeOf(x.shape)))),
  ),
  ...rule(stock<tf.IdentityInputs, {}>(tf.Identity), ({ x }) => makes(shared(x))),
  ...rule(stock<tf.ExpandDimsInputs, tf.ExpandDimsAttrs>(tf.ExpandDims), ({ input }, { dim }) =>
    makes(shared(input, input.shape.toSpliced(dim < 0 ? input.shape.length + 1 + dim : dim, 0, 1))),
  ),
  ...rule(stock<tf.TileInputs, tf.TileAttrs>(tf.Tile), ({ x }, { reps }) =>
    makes(
      fresh(
        x.shape.map((size, axis) => size * (reps[axis] ?? 1)),
        x.dtype,
      ),
    ),
  ),
  ...rule(stock<tf.PadV2Inputs, tf.PadV2Attrs>(tf.PadV2), ({ x }, { paddings }, { backend }) => {
    if (backend === "webgpu" && paddings.flat().every((size) => size === 0)) return makes(shared(x))
    return makes(
      fresh(
        x.shape.map((size, axis) => size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0)),
        x.dtype,
      ),
    )
  }),
  // The custom wasm kernel copies nothing if the order of the axes longer than one does not change.
  ...rule(stock<tf.TransposeInputs, tf.TransposeAttrs>(tf.Transpose), ({ x }, { perm }, { backend }) => {
    const shape = perm.map((axis) => x.shape[axis] ?? 1)
    const long = perm.filter((axis) => x.shape[axis] !== 1)
    const still = backend === "wasm" && long.every((axis, i) => i === 0 || (long[i - 1] ?? 0) < axis)
    return makes(still ? shared(x, shape) : fresh(shape, x.dtype))
  }),
  ...rule(stock<tf.SliceInputs, tf.SliceAttrs>(tf.Slice), ({ x }, { begin, size }) => {
    const [, sizes = []] = tf.slice_util.parseSliceParams(x, begin, size)
    return makes(fresh(sizes, x.dtype))
  }),
  ...rule(stock<tf.GatherV2Inputs, tf.GatherV2Attrs>(tf.GatherV2), ({ x, indices }, { axis, batchDims }) => {
    const along = tf.util.parseAxisParam(axis, [...x.shape])[0] ?? 0
    const rows = [...indices.shape.slice(batchDims), ...x.shape.slice(along + 1)]
    return makes(fresh([...x.shape.slice(0, along), ...rows], x.dtype))
  }),
  ...rule(stock<tf.ConcatInputs, tf.ConcatAttrs>(tf.Concat), (inputs, { axis }) => {
    const [first, parts] = some(inputs, "join")
    const full = parts.filter(({ shape }) => sizeOf(shape) > 0)
    if (full[0] !== undefined && full.length === 1) return makes(shared(full[0]))
    const along = tf.util.parseAxisParam(axis, [...first.shape])[0] ?? 0
    const shapes = parts.map(({ shape }) => [...shape])
    return makes(fresh(tf.backend_util.computeOutShape(shapes, along), first.dtype))
  }),
  ...rule(stock<tf.PackInputs, tf.PackAttrs>(tf.Pack), (inputs, { axis }) => {
    const [first, parts] = some(inputs, "stack")
    const shape = first.shape.toSpliced(axis, 0, parts.length)
    return makes(parts.length === 1 ? shared(first, shape) : fresh(shape, first.dtype))
  }),
  ...rule(stock<tf.UnpackInputs, tf.UnpackAttrs>(tf.Unpack), ({ value }, { axis }) => {
    const along = (axis + value.shape.length) % value.shape.length
    const part = fresh(value.shape.toSpliced(along, 1), value.dtype)
    return makesAll(...Array.from({ length: value.shape[along] ?? 0 }, () => part))
  }),
  ...rule(stock<tf.SplitVInputs, tf.SplitVAttrs>(tf.SplitV), ({ x }, { numOrSizeSplits, axis }) => {
    const along = tf.util.parseAxisParam(axis, [...x.shape])[0] ?? 0
    const whole = { shape: x.shape } as tf.Tensor // prepareSplitSize reads only the shape
    const sizes = tf.backend_util.prepareSplitSize(whole, numOrSizeSplits, along)
    return makesAll(...sizes.map((size) => fresh(x.shape.with(along, size), x.dtype)))
  }),
}

/** Kernels that create tensors. */
const creations: Rules = {
  ...rule(stock<{}, tf.FillAttrs>(tf.Fill), (_inputs, { shape, dtype }) => makes(fresh(shape, dtype))),
  ...rule(stock<tf.OneHotInputs, tf.OneHotAttrs>(tf.OneHot), ({ indices }, { depth, dtype }) =>
    makes(fresh([...indices.shape, depth], dtype)),
  ),
}

/** Matmuls and convolutions, with their work. */
const products: Rules = {
  ...rules([tf.BatchMatMul, tf._FusedMatMul].map(multiplying), ({ a, b }, { transposeA, transposeB }) => {
    const [m = 1, k = 1] = transposeA ? a.shape.slice(-2).toReversed() : a.shape.slice(-2)
    const [, n = 1] = transposeB ? b.shape.slice(-2).toReversed() : b.shape.slice(-2)
    const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
    return { outputs: fresh([...outer, m, n], a.dtype), operations: 2 * sizeOf(outer) * m * k * n }
  }),
  ...rule(convolving(tf.Conv2D), (inputs, attributes) =>
    convolved(inputs, attributes, false, sizeOf(inputs.filter.shape.slice(0, 3))),
  ),
  ...rule(convolving(tf.DepthwiseConv2dNative), (inputs, attributes) =>
    convolved(inputs, attributes, true, sizeOf(inputs.filter.shape.slice(0, 2))),
  ),
  ...rule(
    stock<tf.Conv2DBackpropInputInputs, tf.Conv2DBackpropInputAttrs>(tf.Conv2DBackpropInput),
    ({ dy, filter }, { inputShape }) => pulled(inputShape, dy, filter.shape.slice(0, 3)),
  ),
  ...rule(
    stock<tf.Conv2DBackpropFilterInputs, tf.Conv2DBackpropFilterAttrs>(tf.Conv2DBackpropFilter),
    ({ dy }, { filterShape }) => pulled(filterShape, dy, filterShape.slice(0, 3)),
  ),
  ...rule(
    stock<tf.DepthwiseConv2dNativeBackpropInputInputs, tf.DepthwiseConv2dNativeBackpropInputAttrs>(
      tf.DepthwiseConv2dNativeBackpropInput,
    ),
    ({ dy, filter }, { inputShape }) => pulled(inputShape, dy, filter.shape.slice(0, 2)),
  ),
  ...rule(
    stock<tf.DepthwiseConv2dNativeBackpropFilterInputs, tf.DepthwiseConv2dNativeBackpropFilterAttrs>(
      tf.DepthwiseConv2dNativeBackpropFilter,
    ),
    ({ dy }, { filterShape }) => pulled(filterShape, dy, filterShape.slice(0, 2)),
  ),
}

/** Rules by kernel name. */
export const stockRules: Rules = { ...elementwise, ...reductions, ...rearrangements, ...creations, ...products }
