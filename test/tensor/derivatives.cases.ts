/**
 * The cases of gradients: every operation of TensorFlow.js that has one, over small shapes.
 */
import fc from "fast-check"
import { tf } from "bijou/tensor"

// ---------------------------------------------------------------- model

type Shape = ReadonlyArray<number>

/** A function of tensors of these shapes. */
export interface Trial {
  readonly shapes: ReadonlyArray<Shape>
  readonly f: (...xs: tf.Tensor[]) => tf.Tensor
  /** For the report of a failure. */
  readonly about?: unknown
}

// --------------------------------------------------------- constructors

const size = fc.constantFrom(1, 2, 3)
const shapes = (minLength = 0, maxLength = 4): fc.Arbitrary<number[]> => fc.array(size, { minLength, maxLength })
const sizes = (shape: Shape): number => shape.reduce((n, d) => n * d, 1)

/** Shapes that broadcast to one another. */
const broadcasting = (count: number, rank = 4): fc.Arbitrary<Shape[]> =>
  fc
    .tuple(
      fc.array(fc.oneof({ weight: 12, arbitrary: size }, { weight: 1, arbitrary: fc.constant(0) }), {
        maxLength: rank,
      }),
      fc.array(fc.tuple(fc.nat(rank), fc.array(fc.boolean(), { minLength: rank, maxLength: rank })), {
        minLength: count,
        maxLength: count,
      }),
    )
    .map(([out, parts]) =>
      parts.map(([drop, ones]) => out.map((d, i) => (ones[i] === true ? 1 : d)).slice(Math.min(drop, out.length))),
    )

const axisOf = (shape: Shape): fc.Arbitrary<number> => fc.integer({ min: -shape.length, max: shape.length - 1 })
const axesOf = (shape: Shape): fc.Arbitrary<number[]> =>
  fc.subarray(shape.map((_, i) => i)).chain((axes) =>
    fc.constantFrom(
      axes,
      axes.map((a) => a - shape.length),
    ),
  )

const unary = (f: (x: tf.Tensor) => tf.Tensor): fc.Arbitrary<Trial> => shapes().map((shape) => ({ shapes: [shape], f }))
const binary = (f: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor, rank = 4): fc.Arbitrary<Trial> =>
  broadcasting(2, rank).map((both) => ({ shapes: both, f: f as Trial["f"] })) // it is given two
const along = (f: (x: tf.Tensor, axis: number) => tf.Tensor, minLength = 1, maxLength = 4): fc.Arbitrary<Trial> =>
  shapes(minLength, maxLength).chain((shape) =>
    axisOf(shape).map((axis) => ({ shapes: [shape], f: (...xs) => f(nth(xs, 0), axis), about: axis })),
  )
const reducing = (f: (x: tf.Tensor, axes: number[], keep: boolean) => tf.Tensor): fc.Arbitrary<Trial> =>
  shapes().chain((shape) =>
    fc
      .tuple(axesOf(shape), fc.boolean())
      .map(([axes, keep]) => ({ shapes: [shape], f: (...xs) => f(nth(xs, 0), axes, keep), about: [axes, keep] })),
  )
const picked = <A extends object>(
  options: { readonly [K in keyof A]: fc.Arbitrary<A[K]> },
  trial: (picked: A) => Trial | null,
): fc.Arbitrary<Trial> =>
  fc
    .record(options)
    .map((a) => ({ a: a as A, t: trial(a as A) })) // every option has its arbitrary
    .filter(({ t }) => t !== null)
    .map(({ a, t }) => ({ ...(t as Trial), about: a })) // null is filtered out

const nth = (xs: ReadonlyArray<tf.Tensor>, i: number): tf.Tensor => {
  const x = xs[i]
  if (x === undefined) throw new Error(`There is no input ${i}.`)
  return x
}

const positive = (x: tf.Tensor): tf.Tensor => x.square().add(0.5)
const small = (x: tf.Tensor): tf.Tensor => x.mul(0.25)
const flag = fc.boolean()
const pad = fc.constantFrom<"same" | "valid">("same", "valid")
const side = fc.constantFrom(1, 2, 3)
const image = fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(3, 4, 5), fc.constantFrom(3, 4), fc.constantFrom(1, 2))
const volume = fc.tuple(
  fc.constantFrom(1, 2),
  fc.constantFrom(2, 3),
  fc.constantFrom(2, 3),
  fc.constantFrom(2, 3),
  fc.constantFrom(1, 2),
)
type Four = [number, number, number, number]
type Five = [number, number, number, number, number]

// ---------------------------------------------------------------- cases

export const trials: Readonly<Record<string, fc.Arbitrary<Trial>>> = {
  abs: unary(tf.abs),
  acos: unary((x) => tf.acos(small(x))),
  acosh: unary((x) => tf.acosh(positive(x).add(1))),
  asin: unary((x) => tf.asin(small(x))),
  asinh: unary(tf.asinh),
  atan: unary(tf.atan),
  atanh: unary((x) => tf.atanh(small(x))),
  ceil: unary(tf.ceil),
  clip: unary((x) => tf.clipByValue(x, -1, 1)),
  cos: unary(tf.cos),
  cosh: unary(tf.cosh),
  elu: unary(tf.elu),
  erf: unary(tf.erf),
  exp: unary(tf.exp),
  expm1: unary(tf.expm1),
  floor: unary(tf.floor),
  identity: unary((x) => x.clone()),
  "leaky relu": unary((x) => tf.leakyRelu(x, 0.25)),
  log: unary((x) => tf.log(positive(x))),
  log1p: unary((x) => tf.log1p(positive(x))),
  "log sigmoid": unary(tf.logSigmoid),
  neg: unary(tf.neg),
  "ones and zeros like it": unary((x) => tf.onesLike(x).add(tf.zerosLike(x)).mul(x)),
  reciprocal: unary((x) => tf.reciprocal(positive(x))),
  relu: unary(tf.relu),
  relu6: unary((x) => tf.relu6(x.mul(4))),
  round: unary(tf.round),
  rsqrt: unary((x) => tf.rsqrt(positive(x))),
  selu: unary(tf.selu),
  sigmoid: unary(tf.sigmoid),
  sign: unary(tf.sign),
  sin: unary(tf.sin),
  sinh: unary(tf.sinh),
  softplus: unary(tf.softplus),
  sqrt: unary((x) => tf.sqrt(positive(x))),
  square: unary(tf.square),
  step: unary((x) => tf.step(x, 0.5)),
  tan: unary((x) => tf.tan(small(x))),
  tanh: unary(tf.tanh),
  "is it finite": unary((x) => tf.isFinite(x).toFloat().add(tf.isNaN(x)).add(tf.isInf(x))),
  "cast to integers and back": unary((x) => x.toInt().toFloat()),
  "one hot": shapes(1, 2).map((shape) => ({
    shapes: [shape],
    f: (...xs) => tf.oneHot(nth(xs, 0).toInt(), 3).toFloat(),
  })),

  add: binary(tf.add),
  sub: binary(tf.sub),
  mul: binary(tf.mul),
  div: binary((x, y) => tf.div(x, positive(y))),
  "div no nan": binary((x, y) => tf.divNoNan(x, positive(y))),
  "floor div": binary((x, y) => tf.floorDiv(x, y.square().add(3.5)).toFloat()),
  maximum: binary(tf.maximum),
  minimum: binary(tf.minimum),
  mod: binary((x, y) => tf.mod(x, y.square().add(3.5))),
  pow: binary((x, y) => tf.pow(positive(x), y)),
  "pow of a negative base": broadcasting(1).map((all) => ({
    shapes: all,
    f: (...xs) => tf.pow(nth(xs, 0), tf.scalar(3)),
  })),
  "squared difference": binary(tf.squaredDifference),
  atan2: binary((x, y) => tf.atan2(x, positive(y))),
  prelu: binary((x, y) => (x.size * y.size === 0 ? x.mul(y) : tf.prelu(x.add(tf.zerosLike(y)), y))),
  "greater or equal": binary((x, y) => tf.greaterEqual(x, y).toFloat()),
  where: broadcasting(3).map((all) => ({
    shapes: all,
    f: (...xs) =>
      tf.where(tf.zeros(nth(xs, 2).shape).less(1).logicalAnd(nth(xs, 2).greater(0)), nth(xs, 0), nth(xs, 1)),
  })),
  "add n": shapes().map((shape) => ({ shapes: [shape, shape, shape], f: (...xs) => tf.addN(xs) })),

  sum: reducing((x, axes, keep) => tf.sum(x, axes, keep)),
  mean: reducing((x, axes, keep) => tf.mean(x, axes, keep)),
  max: reducing((x, axes, keep) => tf.max(x, axes, keep)),
  min: reducing((x, axes, keep) => tf.min(x, axes, keep)),
  prod: reducing((x, axes, keep) => tf.prod(small(x), axes, keep)),
  "log sum exp": reducing((x, axes, keep) => tf.logSumExp(x, axes, keep)),
  norm: reducing((x, axes, keep) => (axes.length === 0 ? x.clone() : tf.norm(x, "euclidean", axes, keep))),
  moments: reducing((x, axes, keep) => {
    const { mean, variance } = tf.moments(x, axes, keep)
    return mean.add(variance)
  }),
  "arg max": along((x, axis) => tf.argMax(x, axis).toFloat().add(tf.argMin(x, axis))),
  softmax: shapes(1).map((shape) => ({ shapes: [shape], f: (...xs) => tf.softmax(nth(xs, 0)) })),
  "log softmax": shapes(1).map((shape) => ({ shapes: [shape], f: (...xs) => tf.logSoftmax(nth(xs, 0)) })),
  cumsum: shapes(1).chain((shape) =>
    fc.tuple(fc.nat(shape.length - 1), flag, flag).map(([axis, exclusive, reverse]) => ({
      shapes: [shape],
      f: (...xs) => tf.cumsum(nth(xs, 0), axis, exclusive, reverse),
      about: [axis, exclusive, reverse],
    })),
  ),

  reshape: shapes().map((shape) => ({ shapes: [shape], f: (...xs) => nth(xs, 0).reshape([-1, 1]) })),
  "expand dims": shapes(0, 3).chain((shape) =>
    fc
      .integer({ min: -shape.length - 1, max: shape.length })
      .map((axis) => ({ shapes: [shape], f: (...xs) => tf.expandDims(nth(xs, 0), axis), about: axis })),
  ),
  squeeze: unary((x) => tf.squeeze(x)),
  transpose: shapes().chain((shape) =>
    fc
      .shuffledSubarray(
        shape.map((_, i) => i),
        { minLength: shape.length },
      )
      .map((perm) => ({ shapes: [shape], f: (...xs) => tf.transpose(nth(xs, 0), perm), about: perm })),
  ),
  "broadcast to": broadcasting(2).map(([a = [], b = []]) => ({
    shapes: [a],
    f: (...xs) => tf.broadcastTo(nth(xs, 0), tf.broadcast_util.assertAndGetBroadcastShape([...a], [...b])),
    about: b,
  })),
  tile: shapes(1, 5).chain((shape) =>
    fc
      .array(fc.constantFrom(1, 2), { minLength: shape.length, maxLength: shape.length })
      .map((reps) => ({ shapes: [shape], f: (...xs) => tf.tile(nth(xs, 0), reps), about: reps })),
  ),
  reverse: shapes().chain((shape) =>
    axesOf(shape).map((axes) => ({ shapes: [shape], f: (...xs) => tf.reverse(nth(xs, 0), axes), about: axes })),
  ),
  slice: shapes(1).chain((shape) =>
    fc.tuple(...shape.map((d) => fc.nat(d - 1))).chain((begin) =>
      fc.tuple(...shape.map((d, i) => fc.integer({ min: 1, max: d - (begin[i] ?? 0) }))).map((extent) => ({
        shapes: [shape],
        f: (...xs) => tf.slice(nth(xs, 0), begin, extent),
        about: [begin, extent],
      })),
    ),
  ),
  "slice to the end": along((x) => tf.slice(x, [0], [-1])),
  concat: shapes(1).chain((shape) =>
    fc.tuple(axisOf(shape), size).map(([axis, other]) => {
      const at = (axis + shape.length) % shape.length
      return {
        shapes: [shape, shape.map((d, i) => (i === at ? other : d))],
        f: (...xs) => tf.concat([...xs, nth(xs, 0)], axis),
        about: axis,
      }
    }),
  ),
  stack: shapes(0, 3).chain((shape) =>
    fc
      .integer({ min: 0, max: shape.length })
      .map((axis) => ({ shapes: [shape, shape], f: (...xs) => tf.stack(xs, axis), about: axis })),
  ),
  unstack: along((x, axis) => {
    const parts = tf.unstack(x, axis)
    return tf.add(nth(parts, 0).square(), nth(parts, parts.length - 1))
  }),
  split: along((x, axis) => {
    const at = (axis + x.rank) % x.rank
    const parts = tf.split(
      x,
      [1, (x.shape[at] ?? 1) - 1].filter((n) => n > 0),
      axis,
    )
    return tf.add(nth(parts, 0).square(), tf.sum(nth(parts, parts.length - 1)))
  }),
  pad: shapes(1).chain((shape) =>
    fc
      .array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: shape.length, maxLength: shape.length })
      .map((by) => ({ shapes: [shape], f: (...xs) => tf.pad(nth(xs, 0), by, 1), about: by })),
  ),
  "mirror pad": shapes(1).chain((shape) =>
    fc
      .tuple(
        fc.constantFrom<"reflect" | "symmetric">("reflect", "symmetric"),
        fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: shape.length, maxLength: shape.length }),
      )
      .map(([mode, given]) => {
        const by = given.map(([p, q], i): [number, number] => {
          const most = (shape[i] ?? 1) - (mode === "reflect" ? 1 : 0)
          return [Math.min(p, most), Math.min(q, most)]
        })
        return { shapes: [shape], f: (...xs) => tf.mirrorPad(nth(xs, 0), by, mode), about: [mode, by] }
      }),
  ),
  "space to batch": fc.tuple(size, size).map(([batch, depth]) => ({
    shapes: [[batch, 4, 2, depth]],
    f: (...xs) =>
      tf.spaceToBatchND(
        nth(xs, 0),
        [2, 2],
        [
          [1, 1],
          [0, 2],
        ],
      ),
  })),
  "batch to space": fc.tuple(size, size).map(([batch, depth]) => ({
    shapes: [[4 * batch, 2, 2, depth]],
    f: (...xs) =>
      tf.batchToSpaceND(
        nth(xs, 0),
        [2, 2],
        [
          [1, 0],
          [0, 2],
        ],
      ),
  })),
  gather: shapes(1).chain((shape) =>
    axisOf(shape).chain((axis) => {
      const at = (axis + shape.length) % shape.length
      return fc
        .tuple(shapes(0, 2), fc.array(fc.nat((shape[at] ?? 1) - 1), { minLength: 9, maxLength: 9 }))
        .map(([form, ids]) => ({
          shapes: [shape],
          f: (...xs) => tf.gather(nth(xs, 0), tf.tensor(ids.slice(0, sizes(form)), form, "int32"), axis),
          about: [axis, form, ids],
        }))
    }),
  ),
  "gather in batches": fc
    .record({
      shape: shapes(2, 4),
      dims: fc.constantFrom(1, 2),
      more: fc.nat(2),
      form: shapes(0, 1),
      ids: fc.array(fc.nat(5), { minLength: 27, maxLength: 27 }),
    })
    .map(({ shape, dims, more, form, ids }) => {
      const batchDims = Math.min(dims, shape.length - 1)
      const axis = Math.min(batchDims + more, shape.length - 1)
      const whole = [...shape.slice(0, batchDims), ...form]
      return {
        shapes: [shape],
        f: (...xs) =>
          tf.gather(
            nth(xs, 0),
            tf.tensor(
              ids.slice(0, sizes(whole)).map((i) => i % (shape[axis] ?? 1)),
              whole,
              "int32",
            ),
            axis,
            batchDims,
          ),
        about: [axis, batchDims, form, ids],
      }
    }),
  "gather by a cast input": along((x) => tf.gather(x, x.abs().minimum(0).toInt().flatten()), 1, 2),
  "unsorted segment sum": shapes(1).chain((shape) =>
    fc.array(fc.integer({ min: -1, max: 3 }), { minLength: shape[0] ?? 1, maxLength: shape[0] ?? 1 }).map((ids) => ({
      shapes: [shape],
      f: (...xs) => tf.unsortedSegmentSum(nth(xs, 0), tf.tensor1d(ids, "int32"), 4),
      about: ids,
    })),
  ),

  "mat mul": picked<{ batches: Shape[]; m: number; k: number; n: number; ta: boolean; tb: boolean }>(
    { batches: broadcasting(2, 3), m: size, k: size, n: size, ta: flag, tb: flag },
    ({ batches: [a = [], b = []], m, k, n, ta, tb }) => ({
      shapes: [
        [...a, ...(ta ? [k, m] : [m, k])],
        [...b, ...(tb ? [n, k] : [k, n])],
      ],
      f: (...xs) => tf.matMul(nth(xs, 0), nth(xs, 1), ta, tb),
    }),
  ),
  dot: fc.tuple(size, size, size).map(([m, k, n]) => ({
    shapes: [
      [m, k],
      [k, n],
    ],
    f: (...xs) => tf.dot(nth(xs, 0), nth(xs, 1)),
  })),
  "outer product": fc.tuple(size, size).map(([m, n]) => ({
    shapes: [[m], [n]],
    f: (...xs) => tf.outerProduct(nth(xs, 0) as tf.Tensor1D, nth(xs, 1) as tf.Tensor1D),
  })),
  "fused mat mul": fc.tuple(size, size, size, size, flag).map(([b, m, k, n, relu]) => ({
    shapes: [[b, m, k], [k, n], [n]],
    f: (...xs) =>
      tf.fused.matMul({
        a: nth(xs, 0),
        b: nth(xs, 1),
        bias: nth(xs, 2),
        transposeA: false,
        transposeB: false,
        activation: relu ? "relu" : "linear",
      }),
    about: relu,
  })),
  "conv 2d": picked<{
    x: Four
    h: number
    w: number
    out: number
    stride: number
    dilation: number
    p: "same" | "valid" | number
  }>(
    {
      x: image,
      h: side,
      w: side,
      out: size,
      stride: fc.constantFrom(1, 2),
      dilation: fc.constantFrom(1, 1, 1, 2),
      p: fc.oneof(pad, fc.constant(1)),
    },
    ({ x, h, w, out, stride, dilation, p }) =>
      (stride > 1 && dilation > 1) || (h - 1) * dilation >= x[1] || (w - 1) * dilation >= x[2]
        ? null
        : {
            shapes: [x, [h, w, x[3], out]],
            f: (a, b) =>
              tf.conv2d(
                a as tf.Tensor4D,
                b as tf.Tensor4D,
                stride,
                p,
                "NHWC",
                dilation,
                typeof p === "number" ? "floor" : undefined,
              ),
          },
  ),
  "fused conv 2d": picked<{ x: Four; h: number; out: number; stride: number; p: "same" | "valid" }>(
    { x: image, h: side, out: size, stride: fc.constantFrom(1, 2), p: pad },
    ({ x, h, out, stride, p }) => ({
      shapes: [x, [h, h, x[3], out], [out]],
      f: (a, b, bias) =>
        tf.fused.conv2d({
          x: a as tf.Tensor4D,
          filter: b as tf.Tensor4D,
          strides: stride,
          pad: p,
          bias: bias as tf.Tensor,
          activation: "linear",
        }),
    }),
  ),
  "conv 1d": picked<{ x: [number, number, number]; h: number; out: number; p: "same" | "valid" }>(
    { x: fc.tuple(size, fc.constantFrom(3, 4), size), h: side, out: size, p: pad },
    ({ x, h, out, p }) => ({
      shapes: [x, [h, x[2], out]],
      f: (a, b) => tf.conv1d(a as tf.Tensor3D, b as tf.Tensor3D, 1, p),
    }),
  ),
  "conv 2d transposed": picked<{ x: Four; h: number; out: number; stride: number; p: "same" | "valid" }>(
    { x: image, h: side, out: size, stride: fc.constantFrom(1, 2), p: pad },
    ({ x: [n, r, c, depth], h, out, stride, p }) => ({
      shapes: [
        [n, r, c, depth],
        [h, h, out, depth],
      ],
      f: (a, b) =>
        tf.conv2dTranspose(
          a as tf.Tensor4D,
          b as tf.Tensor4D,
          p === "same" ? [n, r * stride, c * stride, out] : [n, (r - 1) * stride + h, (c - 1) * stride + h, out],
          stride,
          p,
        ),
    }),
  ),
  "conv 3d": picked<{ x: Five; h: number; out: number; stride: number; p: "same" | "valid" }>(
    { x: volume, h: fc.constantFrom(1, 2), out: size, stride: fc.constantFrom(1, 2), p: pad },
    ({ x, h, out, stride, p }) => ({
      shapes: [x, [h, h, h, x[4], out]],
      f: (a, b) => tf.conv3d(a as tf.Tensor5D, b as tf.Tensor5D, stride, p),
    }),
  ),
  "depthwise conv 2d": picked<{
    x: Four
    h: number
    w: number
    times: number
    stride: number
    dilation: number
    p: "same" | "valid" | number
  }>(
    {
      x: image,
      h: side,
      w: side,
      times: fc.constantFrom(1, 2),
      stride: fc.constantFrom(1, 2),
      dilation: fc.constantFrom(1, 1, 1, 2),
      p: fc.oneof(pad, fc.constant(1)),
    },
    ({ x, h, w, times, stride, dilation, p }) =>
      (stride > 1 && dilation > 1) || (h - 1) * dilation >= x[1] || (w - 1) * dilation >= x[2]
        ? null
        : {
            shapes: [x, [h, w, x[3], times]],
            f: (a, b) =>
              tf.depthwiseConv2d(
                a as tf.Tensor4D,
                b as tf.Tensor4D,
                stride,
                p,
                "NHWC",
                dilation,
                typeof p === "number" ? "floor" : undefined,
              ),
          },
  ),
  "separable conv 2d": picked<{ x: Four; out: number }>({ x: image, out: size }, ({ x, out }) => ({
    shapes: [x, [2, 2, x[3], 2], [1, 1, 2 * x[3], out]],
    f: (a, b, c) => tf.separableConv2d(a as tf.Tensor4D, b as tf.Tensor4D, c as tf.Tensor4D, 1, "same"),
  })),
  "dilation 2d": picked<{ x: Four; p: "same" | "valid" }>({ x: image, p: pad }, ({ x, p }) => ({
    shapes: [x, [2, 2, x[3]]],
    f: (a, b) => tf.dilation2d(a as tf.Tensor4D, b as tf.Tensor3D, 1, p),
  })),
  "max pool": picked<{ x: Four; h: number; w: number; stride: number; p: "same" | "valid" | number }>(
    { x: image, h: side, w: side, stride: side, p: fc.oneof(pad, fc.constant(1)) },
    ({ x, h, w, stride, p }) =>
      p === 1 && Math.min(h, w) < 2
        ? null
        : { shapes: [x], f: (a) => tf.maxPool(a as tf.Tensor4D, [h, w], stride, p, p === 1 ? "floor" : undefined) },
  ),
  "average pool": picked<{ x: Four; h: number; w: number; stride: number; p: "same" | "valid" | number }>(
    { x: image, h: side, w: side, stride: side, p: fc.oneof(pad, fc.constant(1)) },
    ({ x, h, w, stride, p }) =>
      p === 1 && Math.min(h, w) < 2
        ? null
        : { shapes: [x], f: (a) => tf.avgPool(a as tf.Tensor4D, [h, w], stride, p, p === 1 ? "floor" : undefined) },
  ),
  "max pool 3d": picked<{ x: Five; h: number; stride: number; p: "same" | "valid" }>(
    { x: volume, h: fc.constantFrom(1, 2), stride: fc.constantFrom(1, 2), p: pad },
    ({ x, h, stride, p }) => ({ shapes: [x], f: (a) => tf.maxPool3d(a as tf.Tensor5D, h, stride, p) }),
  ),
  "average pool 3d": picked<{ x: Five; h: number; stride: number; p: "same" | "valid" }>(
    { x: volume, h: fc.constantFrom(1, 2), stride: fc.constantFrom(1, 2), p: pad },
    ({ x, h, stride, p }) => ({ shapes: [x], f: (a) => tf.avgPool3d(a as tf.Tensor5D, h, stride, p) }),
  ),
  "pool with dilations": picked<{ x: Four; kind: "avg" | "max"; p: "same" | "valid" }>(
    { x: image, kind: fc.constantFrom("avg", "max"), p: pad },
    ({ x, kind, p }) => ({
      shapes: [x],
      f: (a) => tf.pool(a as tf.Tensor4D, [2, 2], kind, p, 2),
    }),
  ),
  "resize bilinear": picked<{ x: Four; h: number; w: number; mode: "plain" | "corners" | "centers" }>(
    {
      x: image,
      h: fc.integer({ min: 1, max: 6 }),
      w: fc.integer({ min: 1, max: 6 }),
      mode: fc.constantFrom("plain", "corners", "centers"),
    },
    ({ x, h, w, mode }) => ({
      shapes: [x],
      f: (a) => tf.image.resizeBilinear(a as tf.Tensor4D, [h, w], mode === "corners", mode === "centers"),
    }),
  ),
  "resize to the nearest neighbor": picked<{ x: Four; h: number; w: number; mode: "plain" | "corners" | "centers" }>(
    {
      x: image,
      h: fc.integer({ min: 1, max: 6 }),
      w: fc.integer({ min: 1, max: 6 }),
      mode: fc.constantFrom("plain", "corners", "centers"),
    },
    ({ x, h, w, mode }) => ({
      shapes: [x],
      f: (a) => tf.image.resizeNearestNeighbor(a as tf.Tensor4D, [h, w], mode === "corners", mode === "centers"),
    }),
  ),
  "local response normalization": picked<{ x: Four; radius: number; beta: number }>(
    { x: image, radius: fc.nat(2), beta: fc.constantFrom(0.5, 1) },
    ({ x, radius, beta }) => ({
      shapes: [x],
      f: (a) => tf.localResponseNormalization(a as tf.Tensor4D, radius, 1, 0.5, beta),
    }),
  ),
  "batch norm": fc.tuple(shapes(2, 4), flag, flag).map(([shape, wide, bare]) => {
    const by = wide ? shape : shape.slice(-1)
    return {
      shapes: bare ? [shape, by, by] : [shape, by, by, by, by],
      f: (x, mean, variance, offset, scale) =>
        tf.batchNorm(
          x as tf.Tensor,
          mean as tf.Tensor1D,
          positive(variance as tf.Tensor) as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
        ),
      about: [wide, bare],
    }
  }),
}
