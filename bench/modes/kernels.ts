/**
 * Single parts at the trunk's sizes, with whatever kernels are registered: layers forwards, and forwards with their gradient.
 */
import { either as E, option as O } from "fp-ts"
import { Bdia, Key, Params, run } from "bijou"
import { Attention, LayerNorm, Linear, Mlp, crossEntropy } from "bijou/residual"
import { fromTfjs, tensor, tensorEnv, tensorsIn, tensorSpace, tf } from "bijou/tensor"
import { AdamW } from "bijou/train"
import { batch as windows, gpt, trunk as sizes } from "../sizes.ts"
import { layer as block } from "../trunkNetwork.ts"

const { batch, tokens, width, heads, hidden, fractionBits } = sizes

const normal = (shape, seed) => tensor.normal(shape, 1).init(Key.fromSeed(seed))

const activations = () => normal([batch, tokens, width], 1)

const forwards = (layer) => () => {
  const [params, x] = [layer.params.init(Key.fromSeed(0)), activations()]
  return () => layer.apply(params, x, O.none)
}

const withGradient = (layer) => () => {
  const [params, x] = [layer.params.init(Key.fromSeed(0)), activations()]
  const dy = tf.tidy(() => tf.mul(layer.apply(params, x, O.none), 0.5))
  return () => {
    const { value, pull } = layer.vjp(params, x, O.none)
    return [value, pull(dy)]
  }
}

/** BDIA's own arithmetic: two blocks whose residual is one multiplication. */
const arithmetic = (way) => async () => {
  const gain = Params.struct({ gain: tensor.ones([width]) })
  const layer = fromTfjs(gain, ({ gain }, x) => x.mul(gain))
  const space = tensorSpace(fractionBits)
  const net = Bdia.fromResidual({ space, layer }, 2)
  const [params, x] = [net.params.init(Key.fromSeed(0)), space.quantize(activations())]
  const env = () => tensorEnv({ params, samples: Array.from({ length: batch }, (_, i) => i), seed: 1 })
  const [state, side] = right(await run(net.forward(x))(env())())
  return {
    forward: async () => right(await run(net.forward(x))(env())()),
    inverse: async () => right(await run(net.inverse(state, side))(env())()),
  }[way]
}

const right = (result) => {
  if (E.isLeft(result)) throw result.left
  return result.right
}

const loss = () => {
  const logits = normal([windows * gpt.context, gpt.vocabulary], 1)
  const targets = tf.tensor1d(Int32Array.from({ length: windows * gpt.context }, (_, i) => (i * i) % gpt.vocabulary))
  const gradient = tf.grad((x) => crossEntropy(x, targets))
  return () => gradient(logits)
}

const optimizer = () => {
  const params = block.params.init(Key.fromSeed(0))
  const grads = block.params.init(Key.fromSeed(1))
  const state = AdamW.init(block.params, params)
  return () => AdamW.update(AdamW.config, block.params, { params, grads, state, learningRate: 1e-3 })
}

const layers = {
  LayerNorm: LayerNorm.make(width),
  Linear: Linear.make(width, width),
  Attention: Attention.make(width, heads, "full"),
  Mlp: Mlp.make(width, hidden),
}

const parts = {
  ...Object.fromEntries(
    Object.entries(layers).flatMap(([name, layer]) => [
      [name, forwards(layer)],
      [`${name}, grad`, withGradient(layer)],
    ]),
  ),
  "cross-entropy, grad": loss,
  AdamW: optimizer,
  "BDIA forward": arithmetic("forward"),
  "BDIA inverse": arithmetic("inverse"),
}

/** Every part as a mode that repeats it until the clock can tell. */
export const modes = Object.fromEntries(
  Object.entries(parts).map(([name, part]) => [
    name,
    async () => {
      const compute = await part()
      const take = async () => {
        const made = tensorsIn(await compute())
        const [first] = await tf.tidy(() => made[0].flatten().slice([0], [1])).data()
        for (const t of made) t.dispose()
        return first
      }
      await take()
      const start = performance.now()
      await take()
      const repeat = Math.max(1, Math.round(20 / (performance.now() - start)))
      return { take, repeat, measure: async () => ({ held: null, peak: null }) }
    },
  ]),
)
