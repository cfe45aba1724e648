/**
 * Convolutions alone: the forward pass, and the forward pass with both gradients.
 */
import { Key } from "bijou"
import { tensor, tf } from "bijou/tensor"
import { convolution as sizes } from "../sizes.ts"

const { batch, height, width, channels, taps } = sizes

const normal = (shape, seed) => tensor.normal(shape, 1).init(Key.fromSeed(seed))

const conv = (x, w) => tf.conv2d(x, w, 1, "same")

const depthwise = (x, w) => tf.depthwiseConv2d(x, w, 1, "same")

const forwards = (f, outputs) => () => {
  const [x, w] = [normal([batch, height, width, channels], 1), normal([taps, taps, channels, outputs], 2)]
  return () => [f(x, w)]
}

const withGradients = (f, outputs) => () => {
  const [x, w] = [normal([batch, height, width, channels], 1), normal([taps, taps, channels, outputs], 2)]
  const dy = normal([batch, height, width, channels], 3)
  return () => {
    const { value, grads } = tf.valueAndGrads(f)([x, w], dy)
    return [value, ...grads]
  }
}

const parts = {
  conv: forwards(conv, channels),
  "conv, grads": withGradients(conv, channels),
  depthwise: forwards(depthwise, 1),
  "depthwise, grads": withGradients(depthwise, 1),
}

/** Every part as a mode that repeats it until the clock can tell. */
export const modes = Object.fromEntries(
  Object.entries(parts).map(([name, part]) => [
    name,
    async () => {
      const compute = part()
      const first = async (made) => {
        const value = tf.tidy(() => made.flatten().slice([0], [1]))
        const [number] = await value.data()
        value.dispose()
        return number
      }
      let calls = 0
      let repeat = 10
      const take = async () => {
        const made = compute()
        // As torch_conv.py does: one number is read at the end.
        const loss = ++calls % repeat === 0 ? await first(made[0]) : null
        for (const t of made) t.dispose()
        return loss
      }
      for (let i = 0; i < 10; i++) await take()
      const start = performance.now()
      for (let i = 0; i < 10; i++) await take()
      repeat = Math.max(1, Math.round(200 / (performance.now() - start)))
      calls = 0
      return { take, repeat, measure: async () => ({ held: null, peak: null }) }
    },
  ]),
)
