/**
 * Convolutions alone: the forward pass, and the forward pass with both gradients.
 */
import { Key } from "bijou"
import { tensor, tf } from "bijou/tensor"
import { firstOf } from "../firstOf.ts"
import { uncounted, type Modes } from "../Mode.ts"
import { convolution as sizes } from "../sizes.ts"

// ---------------------------------------------------------------- model

const { batch, height, width, channels, taps } = sizes

type Convolution = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.Tensor

/** Makes what it needs, and returns what is timed. */
type Part = () => () => ReadonlyArray<tf.Tensor>

const normal = (shape: readonly [number, number, number, number], seed: number): tf.Tensor4D =>
  tensor
    .normal(shape, 1)
    .init(Key.fromSeed(seed))
    .as4D(...shape)

const conv: Convolution = (x, w) => tf.conv2d(x, w, 1, "same")

const depthwise: Convolution = (x, w) => tf.depthwiseConv2d(x, w, 1, "same")

const inputs = (outputs: number): readonly [x: tf.Tensor4D, w: tf.Tensor4D] => [
  normal([batch, height, width, channels], 1),
  normal([taps, taps, channels, outputs], 2),
]

const forwards =
  (f: Convolution, outputs: number): Part =>
  () => {
    const [x, w] = inputs(outputs)
    return () => [f(x, w)]
  }

const withGradients =
  (f: Convolution, outputs: number): Part =>
  () => {
    const [x, w] = inputs(outputs)
    const dy = normal([batch, height, width, channels], 3)
    // As given.
    const gradients = tf.valueAndGrads((x: tf.Tensor, w: tf.Tensor) => f(x as tf.Tensor4D, w as tf.Tensor4D))
    return () => {
      const { value, grads } = gradients([x, w], dy)
      return [value, ...grads]
    }
  }

const parts: Readonly<Record<string, Part>> = {
  conv: forwards(conv, channels),
  "conv, grads": withGradients(conv, channels),
  depthwise: forwards(depthwise, 1),
  "depthwise, grads": withGradients(depthwise, 1),
}

// --------------------------------------------------------- constructors

/** Every part as a mode that repeats it until the clock can measure it. */
export const modes: Modes = Object.fromEntries(
  Object.entries(parts).map(([name, part]) => [
    name,
    async () => {
      const compute = part()
      let calls = 0
      let repeat = 10
      const take = async () => {
        const made = compute()
        // As torch_conv.py does: one number is read at the end.
        const read = ++calls % repeat === 0 ? await firstOf(made) : undefined
        for (const t of made) t.dispose()
        return read
      }
      for (let i = 0; i < 10; i++) await take()
      const start = performance.now()
      for (let i = 0; i < 10; i++) await take()
      repeat = Math.max(1, Math.round(200 / (performance.now() - start)))
      calls = 0
      return { take, repeat, measure: uncounted }
    },
  ]),
)
