/** Cases of the kernels that compute in floats: within a distance of plain operations whose sums are in float64. */
import { sizeOf } from "../../src/exact/frame.ts"
import { dispatch } from "../../src/tensor/kernels/dispatch.ts"
import { biasGrad } from "../../src/tensor/kernels/spec/addBias.ts"
import { affine } from "../../src/tensor/kernels/spec/affine.ts"
import { attention, attentionGrad, type AttentionAttributes } from "../../src/tensor/kernels/spec/attention.ts"
import { biasGelu, biasGeluGrad } from "../../src/tensor/kernels/spec/biasGelu.ts"
import { crossEntropy, crossEntropyGrad } from "../../src/tensor/kernels/spec/crossEntropy.ts"
import { gelu, geluGrad } from "../../src/tensor/kernels/spec/gelu.ts"
import { layerNorm, layerNormGrad, LONG } from "../../src/tensor/kernels/spec/layerNorm.ts"
import { mlp, mlpGrad } from "../../src/tensor/kernels/spec/mlp.ts"
import { multiply, weightGrad } from "../../src/tensor/kernels/spec/multiply.ts"
import { tf } from "../../src/tensor/tf.ts"
import { law, type Case } from "./Case.ts"
import { floats, given, integers, typed, type Shape } from "./hosts.ts"

const FORMS = ["erf", "tanh"] as const

/** No element, one element, and remainders for every number of lanes. */
const SHAPES: readonly Shape[] = [
  ...[[0], [1], [3], [5], [7], [31], [33], [65], [127], [0, 3], [3, 0]],
  ...[
    [3, 11],
    [2, 3, 17],
    [1, 2, 3, 5],
    [1, 1, 1, 1],
  ],
]

/** Rows `[..., width]`: none, of none, of one number, and odd ones. */
const ROWS: readonly Shape[] = [
  ...[[1], [7], [0, 5], [5, 0], [1, 1], [3, 1], [1, 33], [3, 5], [5, 7], [65, 3]],
  ...[
    [9, 31],
    [2, 3, 65],
    [3, 127],
    [2, 0, 3],
    [2, 3, 2, 5],
    [130, 16],
    [300, 13],
  ],
]

/** Both tails and the values between them, at every place in a vector. */
const spread = (shape: Shape, seed: number): tf.Tensor => {
  const edges = [0, 1e30, -1e30, 13, -13, 1e-30, NaN]
  const near = floats(shape, seed, 6).dataSync()
  return given(
    shape,
    Array.from(near, (x, i) => (i % 9 === 8 ? (edges[((i - 8) / 9) % edges.length] ?? 0) : x)),
  )
}

const geluCases: readonly Case[] = FORMS.flatMap((form) => [
  ...law(
    gelu,
    { ofEach: 1e-6 },
    SHAPES.map((shape) => ({ title: form, inputs: () => ({ x: spread(shape, 1) }), attributes: { form } })),
  ),
  ...law(
    geluGrad,
    { ofEach: 2e-6 },
    SHAPES.map((shape) => ({
      title: form,
      inputs: () => ({ x: floats(shape, 1, 6), dy: floats(shape, 2) }),
      attributes: { form },
    })),
    // TensorFlow's tanh is less accurate.
    { on: { tensorflow: { ofEach: 4e-6 } } },
  ),
  ...law(
    biasGelu,
    { ofEach: 1e-6 },
    ROWS.map((shape) => ({
      title: form,
      inputs: () => ({ x: floats(shape, 1, 4), bias: floats(shape.slice(-1), 2) }),
      attributes: { form },
    })),
  ),
  ...law(
    biasGeluGrad,
    { ofLargest: 3e-6 },
    ROWS.map((shape) => ({
      title: form,
      inputs: () => ({ a: floats(shape, 1, 4), dy: floats(shape, 2) }),
      attributes: { form },
    })),
    { more: ({ a }, attributes) => [gelu.composed({ x: a }, attributes)], optional: 1 },
  ),
])

/** [leading axes, inner size, outputs] */
const PRODUCTS: readonly (readonly [Shape, number, number])[] = [
  [[1], 1, 1],
  [[], 3, 5],
  [[0], 3, 2],
  [[2], 0, 3],
  [[2], 3, 0],
  [[3], 5, 2],
  [[5], 7, 3],
  [[2, 3], 31, 33],
  [[65], 32, 65],
  [[17], 127, 65],
  [[1], 9, 1],
  [[2, 2, 2], 3, 7],
  [[130], 3, 1],
]

const productCases: readonly Case[] = [
  ...[false, true].flatMap((transposed) =>
    law(
      multiply,
      { ofLargest: 2e-6 },
      PRODUCTS.map(([rows, k, n]) => ({
        title: transposed ? "by a transposed weight" : "by a weight",
        inputs: () => ({ x: floats([...rows, k], 1), weight: floats(transposed ? [n, k] : [k, n], 2) }),
        attributes: { transposed },
      })),
    ),
  ),
  ...law(
    weightGrad,
    { ofLargest: 2e-6 },
    PRODUCTS.map(([rows, m, n]) => ({
      title: "of rows",
      inputs: () => ({ x: floats([...rows, m], 1), dy: floats([...rows, n], 2) }),
      attributes: {},
    })),
  ),
  ...law(
    affine,
    { ofLargest: 2e-6 },
    PRODUCTS.map(([rows, k, n]) => ({
      title: "maps rows",
      inputs: () => ({ x: floats([...rows, k], 1), weight: floats([k, n], 2), bias: floats([n], 3) }),
      attributes: {},
    })),
  ),
  ...law(
    biasGrad,
    { ofLargest: 1e-6 },
    ROWS.map((shape) => ({ title: "sums rows", inputs: () => ({ dy: floats(shape, 1) }), attributes: {} })),
  ),
]

/** [leading axes, inputs, hidden, outputs] */
const PERCEPTRONS: readonly (readonly [Shape, number, number, number])[] = [
  [[1], 1, 1, 1],
  [[0], 3, 5, 2],
  [[2], 3, 0, 2],
  [[], 3, 5, 3],
  [[3], 2, 5, 7],
  [[2, 3], 7, 31, 5],
  [[130], 6, 11, 6],
  [[33], 33, 65, 3],
]

const perceptron = ([rows, inputs, hidden, outputs]: (typeof PERCEPTRONS)[number]) => ({
  ...{ x: floats([...rows, inputs], 1, 2), w1: floats([inputs, hidden], 2), b1: floats([hidden], 3) },
  ...{ w2: floats([hidden, outputs], 4), b2: floats([outputs], 5) },
})

const mlpCases: readonly Case[] = FORMS.flatMap((form) => [
  ...law(
    mlp,
    { ofLargest: 3e-6 },
    PERCEPTRONS.map((sizes) => ({ title: form, inputs: () => perceptron(sizes), attributes: { form } })),
    // For TensorFlow's stock operations, a is divided by the square root of 2.
    {
      results: ([value, a, sum]) =>
        value === undefined || a === undefined ? [] : [value, sum === undefined ? a : tf.mul(a, Math.SQRT2)],
    },
  ),
  ...law(
    mlpGrad,
    { ofLargest: 5e-6 },
    PERCEPTRONS.map((sizes) => ({
      title: form,
      inputs: () => {
        const { b1, b2, ...forward } = perceptron(sizes)
        const [value, a, sum] = dispatch(mlp, { ...forward, b1, b2 }, { form })
        return { ...forward, dy: floats(value.shape, 6), a, ...(sum === undefined ? {} : { sum }) }
      },
      attributes: { form },
    })),
  ),
])

/** Rows of different numbers: the gradients of almost equal ones are almost a division by 0. */
const apart = (shape: Shape): tf.Tensor => {
  const width = shape.at(-1) ?? 1
  const near = floats(shape, 1).dataSync()
  return given(
    shape,
    Array.from(near, (x, i) => 1 + x + 3 * ((i % width) % 3)),
  )
}

/** y and r, which is 0 for rows of no numbers. */
const normalized = ({ x }: { readonly x: tf.Tensor }): readonly tf.Tensor[] => {
  const { mean, variance } = tf.moments(x, -1, true)
  const r = x.shape.at(-1) === 0 ? tf.zeros(variance.shape) : tf.rsqrt(tf.add(variance, 1e-5))
  return [tf.mul(tf.sub(x, mean), r), r]
}

const normCases: readonly Case[] = [...ROWS, [2, LONG + 3]].flatMap((shape) => {
  const inputs = () => ({
    x: apart(shape),
    gain: floats(shape.slice(-1), 2),
    bias: floats(shape.slice(-1), 3),
  })
  return [
    ...law(layerNorm, { ofEach: 3e-6 }, [{ title: "of rows", inputs, attributes: {} }], {
      more: normalized,
      optional: 2,
    }),
    ...law(layerNormGrad, { ofLargest: 1e-5 }, [
      {
        title: "of rows",
        inputs: () => {
          const { x, gain, bias } = inputs()
          const [, y, r] = dispatch(layerNorm, { x, gain, bias })
          const dy = floats(shape, 4)
          return y === undefined || r === undefined ? { x, gain, dy } : { y, r, gain, dy }
        },
        attributes: {},
      },
    ]),
  ]
})

/** [batch, time, heads, size] */
const HEADS: readonly (readonly [number, number, number, number])[] = [
  [1, 1, 1, 1],
  [0, 3, 1, 2],
  [2, 0, 2, 3],
  [1, 3, 2, 0],
  [2, 3, 2, 2],
  [1, 5, 1, 3],
  [2, 9, 2, 5],
  [1, 17, 3, 8],
  [1, 33, 1, 12],
  [1, 65, 2, 31],
]

/** Some padding. The first token of the first sample is padding, so that a causal query sees nothing else there. */
const mask = (batch: number, time: number): tf.Tensor =>
  tf.tensor2d(
    Array.from({ length: batch * time }, (_, i) => Number((7 * (i % time) + Math.floor(i / time)) % 3 !== 0)),
    [batch, time],
    "int32",
  )

/** q, k, v and the weights. */
const attended = (
  { qkv, seen }: { readonly qkv: tf.Tensor; readonly seen?: tf.Tensor | undefined },
  { heads, causal }: AttentionAttributes,
): readonly tf.Tensor[] => {
  const [batch = 0, time = 0, triple = 0] = qkv.shape
  const size = triple / 3 / heads
  const parts = tf.split(qkv, 3, 2).map((part) => part.reshape([batch, time, heads, size]).transpose([0, 2, 1, 3]))
  const [q, k] = parts as [tf.Tensor, tf.Tensor, tf.Tensor] // it was split in three
  if (size === 0) return [...parts, tf.zeros([batch, heads, time, time])] // there is no score
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(size))
  const within =
    seen === undefined ? scores : tf.where(seen.reshape([batch, 1, 1, time]).toBool(), scores, tf.fill([1], -5e8))
  const mask = Array.from({ length: time * time }, (_, at) => (at % time > Math.floor(at / time) ? -1e9 : 0))
  const later = given([time, time], mask)
  return [...parts, tf.softmax(causal ? tf.add(within, later) : within)]
}

const attentionCases: readonly Case[] = [false, true].flatMap((causal) =>
  [false, true].flatMap((isMasked) =>
    HEADS.flatMap(([batch, time, heads, size]) => {
      const title = `${causal ? "causal" : "full"}, ${isMasked ? "past padding" : "to all tokens"}`
      const attributes = { heads, causal }
      const inputs = () => ({
        qkv: floats([batch, time, 3 * heads * size], 4, 2),
        ...(isMasked ? { seen: mask(batch, time) } : {}),
      })
      return [
        ...law(attention, { ofEach: 2e-6 }, [{ title, inputs, attributes }], { more: attended, optional: 4 }),
        ...law(attentionGrad, { ofLargest: 4e-6 }, [
          {
            title,
            inputs: () => {
              const { qkv, ...seen } = inputs()
              const [, q, k, v, weights] = dispatch(attention, { qkv, ...seen }, attributes)
              const dy = floats([batch, time, heads * size], 77)
              return q === undefined || k === undefined || v === undefined || weights === undefined
                ? { qkv, ...seen, dy }
                : { q, k, v, weights, ...seen, dy }
            },
            attributes,
          },
        ]),
      ]
    }),
  ),
)

/** [..., classes] */
const LOGITS: readonly Shape[] = [[1], [5], [1, 1], [5, 3], [7, 8], [9, 257], [2, 3, 31], [1, 127], [65, 5]]

const lossCases: readonly Case[] = [
  ...LOGITS.map((shape) => ({
    shape,
    inputs: () => ({ logits: floats(shape, 1, 9), targets: classesOf(shape) }),
  })).flatMap(({ shape, inputs }) => [
    ...law(crossEntropy, { ofEach: 1e-6 }, [{ title: "of rows", inputs, attributes: {} }]),
    ...law(crossEntropyGrad, { ofLargest: 1e-6 }, [
      { title: "of rows", inputs: () => ({ ...inputs(), dy: given([], [sizeOf(shape) / 3]) }), attributes: {} },
    ]),
  ]),
  ...[
    [0, 3],
    [2, 0],
  ].flatMap((shape) => {
    const inputs = () => ({ logits: floats(shape, 1), targets: typed("int32", shape.slice(0, -1), 1, 0) })
    const sample = { title: "of nothing is refused", attributes: {}, refused: /no rows or no classes/ }
    return [
      ...law(crossEntropy, "bits", [{ ...sample, inputs }]),
      ...law(crossEntropyGrad, "bits", [{ ...sample, inputs: () => ({ ...inputs(), dy: tf.scalar(1) }) }]),
    ]
  }),
]

const classesOf = (shape: Shape): tf.Tensor => {
  const classes = shape.at(-1) ?? 1
  const ids = integers(sizeOf(shape.slice(0, -1)), 5, 1e6).map((id) => Math.abs(id) % classes)
  return tf.tensor(ids as number[], shape.slice(0, -1) as number[], "int32") // tfjs's types require writable arrays
}

export const floatCases: readonly Case[] = [
  ...geluCases,
  ...productCases,
  ...mlpCases,
  ...normCases,
  ...attentionCases,
  ...lossCases,
]
