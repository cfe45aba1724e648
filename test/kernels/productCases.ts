/** Cases of TensorFlow.js's matrix products. */
// oxlint-disable typescript/no-non-null-assertion -- a wrong index makes NaN here, and NaN fails the test
import { sizeOf } from "../../src/exact/frame.ts"
import { tf } from "../../src/tensor/tf.ts"
import { stockLaw, type Case, type StockSample } from "./Case.ts"
import { floats, typed, type Shape } from "./hosts.ts"

/** [m, k, n] */
const SIZES: readonly (readonly [number, number, number])[] = [
  ...([
    [1, 1, 1],
    [0, 3, 2],
    [2, 0, 3],
    [2, 3, 0],
    [7, 5, 3],
    [1, 9, 1],
    [9, 1, 9],
  ] as const),
  ...([
    [65, 32, 65],
    [17, 127, 65],
    [33, 127, 17],
  ] as const),
]

/** [batch of a, batch of b] */
const BATCHES: readonly (readonly [Shape, Shape])[] = [
  [[4], [1]],
  [[1], [4]],
  [[3], [3]],
  [[], [3]],
  [[2, 3], [3]],
  [
    [2, 1],
    [1, 3],
  ],
  [
    [3, 2],
    [1, 1],
  ],
  [
    [2, 3],
    [2, 3],
  ],
]

const TURNED = [false, true].flatMap((transposeA) => [false, true].map((transposeB) => ({ transposeA, transposeB })))

interface Product {
  readonly a: Shape
  readonly b: Shape
  readonly transposeA: boolean
  readonly transposeB: boolean
}

const products: readonly Product[] = TURNED.flatMap(({ transposeA, transposeB }) => {
  const of = ([m, k, n]: (typeof SIZES)[number], left: Shape, right: Shape): Product => ({
    a: [...left, ...(transposeA ? [k, m] : [m, k])],
    b: [...right, ...(transposeB ? [n, k] : [k, n])],
    ...{ transposeA, transposeB },
  })
  return [
    ...SIZES.flatMap((sizes) => [of(sizes, [], []), of(sizes, [1], [1]), of(sizes, [2], [2])]),
    ...BATCHES.map(([left, right]) => of([5, 7, 3], left, right)),
  ]
})

/** The product in loops, in float64. */
const multiplied = (a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor => {
  const [m, k] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!]
  const n = b.shape.at(transposeB ? -2 : -1)!
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const count = sizeOf(batch)
  const spread = (x: tf.Tensor) => tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)]).dataSync()
  const [left, right] = [spread(a), spread(b)]
  const values: number[] = []
  for (let s = 0; s < count; s++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let l = 0; l < k; l++)
          sum +=
            left[s * m * k + (transposeA ? l * m + i : i * k + l)]! *
            right[s * k * n + (transposeB ? j * k + l : l * n + j)]!
        values.push(sum)
      }
  return tf.tensor(values, [...batch, m, n], a.dtype)
}

const FUSED = ["linear", "relu", "elu", "relu6", "sigmoid", "leakyrelu", "prelu"] as const

const fused: readonly StockSample[] = [
  ...products.map((product) => ({ ...product, activation: "linear" as const })),
  ...FUSED.flatMap((activation) =>
    products
      .filter(({ a, b }) => a.length === 3 && b.length === 3 && (a[1] === 7 || a[1] === 5))
      .map((product) => ({ ...product, activation })),
  ),
]
  // The operation passes its kernel batches.
  .filter(({ a, b }) => a.length === 3 && b.length === 3)
  .flatMap(({ a, b, transposeA, transposeB, activation }) =>
    (activation === "linear" ? ["none", "row"] : ["row"]).map((bias): StockSample => {
      const n = b.at(transposeB ? -2 : -1) ?? 1
      const inputs = (): tf.NamedTensorMap => ({
        ...{ a: floats(a, 1), b: floats(b, 2) },
        ...(bias === "row" ? { bias: floats([n], 3) } : {}),
        ...(activation === "prelu" ? { preluActivationWeights: floats([n], 4) } : {}),
      })
      const attributes = { transposeA, transposeB, activation, leakyreluAlpha: 0.25 }
      return {
        title: activation,
        inputs,
        attributes,
        right: () => {
          const { a: left, b: right, bias: row, preluActivationWeights: alpha } = inputs()
          const product = multiplied(left!, right!, transposeA, transposeB)
          const x = row === undefined ? product : tf.add(product, row)
          switch (activation) {
            case "prelu":
              return [tf.prelu(x, alpha!)]
            case "leakyrelu":
              return [tf.leakyRelu(x, 0.25)]
            case "linear":
              return [x]
            case "relu":
              return [tf.relu(x)]
            case "relu6":
              return [tf.relu6(x)]
            case "elu":
              return [tf.elu(x)]
            case "sigmoid":
              return [tf.sigmoid(x)]
          }
        },
      }
    }),
  )

export const productCases: readonly Case[] = [
  ...stockLaw(
    "BatchMatMul",
    { ofLargest: 2e-6 },
    products.map(({ a, b, transposeA, transposeB }) => ({
      title: `of floats, transposed ${transposeA} and ${transposeB}`,
      inputs: () => ({ a: floats(a, 1), b: floats(b, 2) }),
      attributes: { transposeA, transposeB },
      right: () => [multiplied(floats(a, 1), floats(b, 2), transposeA, transposeB)],
    })),
  ),
  ...stockLaw(
    "BatchMatMul",
    "bits",
    products.map(({ a, b, transposeA, transposeB }) => ({
      title: `of integers, transposed ${transposeA} and ${transposeB}`,
      inputs: () => ({ a: typed("int32", a, 1), b: typed("int32", b, 2) }),
      attributes: { transposeA, transposeB },
      right: () => [multiplied(typed("int32", a, 1), typed("int32", b, 2), transposeA, transposeB)],
    })),
  ),
  ...stockLaw("_FusedMatMul", { ofLargest: 2e-6 }, fused),
]
