/**
 * Cases of TensorFlow.js's elementwise functions, for each type of elements.
 */
import { tf } from "../../src/tensor/tf.ts"
import { stockLaw, type Case, type StockSample } from "./Case.ts"
import { floats, given, typed, type Shape } from "./hosts.ts"

type Type = "float32" | "int32" | "bool"

const TYPES: readonly Type[] = ["float32", "int32", "bool"]

/** No element, one element, and remainders for every number of lanes. */
const SHAPES: readonly Shape[] = [[], [0], [1], [3], [5], [7], [0, 3], [3, 11], [33], [5, 13], [127], [2, 3, 4]]

/** The inputs of a function: floats of both signs, or those of its domain. */
const spread = (shape: Shape, from: number, to: number): tf.Tensor =>
  given(
    shape,
    Array.from(floats(shape, 3).dataSync(), (u) => Math.fround(from + ((u + 1) / 2) * (to - from))),
  )

const made = (dtype: Type, shape: Shape, [from, to]: readonly [number, number]): tf.Tensor => {
  if (dtype === "float32") return spread(shape, from, to)
  return typed(dtype, shape, 3, 5)
}

const unary = (
  kernels: string,
  distance: Parameters<typeof stockLaw>[1],
  domain: readonly [number, number],
  {
    attributes = {},
    input = "x",
    types = TYPES,
    on = {},
    edges = EDGES,
  }: {
    readonly attributes?: object
    readonly input?: string
    readonly types?: readonly Type[]
    readonly on?: Parameters<typeof stockLaw>[3]
    readonly edges?: readonly number[]
  } = {},
): readonly Case[] =>
  kernels.split(" ").flatMap((kernel) => [
    ...types.flatMap((dtype) =>
      stockLaw(
        kernel,
        distance,
        SHAPES.map((shape) => ({
          title: `of ${dtype}`,
          inputs: () => ({ [input]: made(dtype, shape, domain) }),
          attributes,
        })),
        on,
      ),
    ),
    ...stockLaw(
      kernel,
      distance,
      [{ title: "of edges", inputs: () => ({ [input]: given([edges.length], edges) }), attributes }],
      on,
    ),
  ])

/** Functions that lose all digits, have no bound, or are at a kink. */
const EDGES = [NaN, Infinity, -Infinity, -0, 0, 1e30, -1e30, 1, -1, 0.5, -0.5]

/** Each of the first is one of a pair of shapes that broadcast. */
const PAIRS: readonly (readonly [Shape, Shape])[] = [
  ...[[], [0], [1], [3], [5], [33], [3, 11], [2, 3, 65]].map((shape) => [shape, shape] as const),
  [[3, 11], [11]],
  [[11], [3, 11]],
  [
    [3, 1],
    [1, 5],
  ],
  [[2, 3, 5], []],
  [[1], [7]],
  [[0, 3], [3]],
]

const binary = (
  kernel: string,
  distance: Parameters<typeof stockLaw>[1],
  types: readonly Type[],
  second: (dtype: Type, shape: Shape) => tf.Tensor = (dtype, shape) => typed(dtype, shape, 7),
  on: Parameters<typeof stockLaw>[3] = {},
): readonly Case[] =>
  types.flatMap((dtype) =>
    stockLaw(
      kernel,
      distance,
      PAIRS.map(([a, b]) => ({
        title: `of ${dtype}`,
        inputs: () => ({ a: dtype === "float32" ? floats(a, 3, 4) : typed(dtype, a, 3), b: second(dtype, b) }),
      })),
      on,
    ),
  )

/** None is 0. */
const nonzero = (dtype: Type, shape: Shape): tf.Tensor =>
  tf.tidy(() => {
    const x = typed(dtype, shape, 7)
    return tf.where(tf.equal(x, 0), tf.onesLike(x), x)
  })

const conditions: readonly StockSample[] = (["float32", "int32", "bool"] as const).flatMap((dtype) => [
  ...SHAPES.map((shape) => ({
    title: `of ${dtype}`,
    inputs: () => ({ condition: typed("bool", shape, 1), t: typed(dtype, shape, 2), e: typed(dtype, shape, 3) }),
  })),
  // One condition per row.
  {
    title: `of ${dtype}`,
    inputs: () => ({ condition: typed("bool", [3], 1), t: typed(dtype, [3, 5], 2), e: typed(dtype, [3, 5], 3) }),
  },
])

const EACH = { ofEach: 1e-6 }

export const elementwiseCases: readonly Case[] = [
  ...unary("Abs Ceil Floor Neg Relu Sign Square", "bits", [-4, 9]),
  // wasm's kernels use XNNPACK, which clips NaN to the lower bound.
  ...unary("Relu6", "bits", [-4, 9], { edges: EDGES.filter((x) => !Number.isNaN(x)) }),
  // TensorFlow.js's cpu kernel rounds -0.5 to +0, not to -0.
  ...unary("Round", "bits", [-4, 9], { edges: EDGES.filter((x) => x !== -0.5) }),

  ...unary("Atan Cosh Elu Erf Exp Expm1 Selu Sigmoid Sinh Softplus Tanh", EACH, [-4, 4]),
  // wasm's kernels subtract full turns in float32, which loses all digits of 1e30.
  ...unary("Cos Sin", EACH, [-4, 4], { edges: EDGES.filter((x) => Math.abs(x) !== 1e30) }),

  ...unary("Tan", EACH, [-1.5, 1.5]),
  ...unary("Log Rsqrt Sqrt Reciprocal", EACH, [0.1, 9]),
  ...unary("Acos Asin Atanh", EACH, [-0.99, 0.99]),
  ...unary("Acosh", EACH, [1, 9]),
  ...unary("Asinh", EACH, [-9, 9]),
  ...unary("Log1p", EACH, [-0.9, 9]),
  ...unary("IsFinite IsInf IsNan", "bits", [-4, 4]),
  ...stockLaw(
    "IsNan",
    "bits",
    [[1], [5], [33]].map((shape) => ({
      title: "of what is no number",
      inputs: () => ({ x: tf.div(floats(shape, 1), tf.zeros(shape)) }),
    })),
  ),
  ...unary("LeakyRelu", "bits", [-4, 4], { attributes: { alpha: 0.25 } }),
  ...unary("Step", "bits", [-4, 4], { attributes: { alpha: 0.25 } }),
  ...unary("ClipByValue", "bits", [-4, 4], {
    edges: EDGES.filter((x) => !Number.isNaN(x)), // as of Relu6
    attributes: { clipValueMin: -1, clipValueMax: 2 },
  }),
  ...unary("Identity", "bits", [-4, 4]),
  ...TYPES.flatMap((from) => unary("Cast", "bits", [-4, 4], { attributes: { dtype: from } })),
  ...binary("Add", "bits", ["float32", "int32"]),
  ...binary("FloorDiv", "bits", ["int32"], nonzero),
  // TensorFlow.js's cpu kernel types the quotients of floats as int32. Those of wasm and TensorFlow are float32, which
  // its gradient needs.
  ...stockLaw(
    "FloorDiv",
    "bits",
    PAIRS.map(([a, b]) => ({
      title: "of float32",
      inputs: () => ({ a: floats(a, 3, 4), b: nonzero("float32", b) }),
      right: () => [tf.floor(tf.div(floats(a, 3, 4), nonzero("float32", b)))],
    })),
  ),
  ...binary("Mod", "bits", ["float32", "int32"], nonzero),
  ...binary("Atan2", EACH, ["float32"]),
  ...binary("Pow", { ofEach: 2e-6 }, ["float32"], (_, shape) => typed("int32", shape, 4, 3).toFloat()),
  ...stockLaw("Select", "bits", conditions),
]
