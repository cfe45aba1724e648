/**
 * Single parts at the trunk's sizes, with the registered kernels: layers in the forward pass, and in both passes.
 */
import { option as O } from "fp-ts"
import { Bdia, Key, Params, runPromise, type Layer } from "bijou"
import { AdamW, Attention, crossEntropy, LayerNorm, Linear, Mlp } from "bijou/net"
import { fromTfjs, tensor, tensorEnv, tensorsIn, tensorSpace, tf } from "bijou/tensor"
import { firstOf } from "../firstOf.ts"
import { uncounted, type Modes } from "../Mode.ts"
import { batch as windows, gpt, trunk as sizes } from "../sizes.ts"
import { layer as block } from "../trunkNetwork.ts"

// ---------------------------------------------------------------- model

const { batch, tokens, width, heads, hidden, fractionBits } = sizes

/** Makes what it needs, and returns what is timed, which gives new tensors. */
type Part = () => Compute | Promise<Compute>

type Compute = () => unknown

const normal = (shape: ReadonlyArray<number>, seed: number): tf.Tensor =>
  tensor.normal(shape, 1).init(Key.fromSeed(seed))

const activations = (): tf.Tensor => normal([batch, tokens, width], 1)

const forwards =
  <P>(layer: Layer<P, tf.Tensor, tf.Tensor>): Part =>
  () => {
    const [params, x] = [layer.params.init(Key.fromSeed(0)), activations()]
    return () => layer.apply(params, x, O.none)
  }

const withGradient =
  <P>(layer: Layer<P, tf.Tensor, tf.Tensor>): Part =>
  () => {
    const [params, x] = [layer.params.init(Key.fromSeed(0)), activations()]
    const dy = tf.tidy(() => tf.mul(layer.apply(params, x, O.none), 0.5))
    return () => {
      const { value, pull } = layer.vjp(params, x, O.none)
      return [value, pull(dy)]
    }
  }

/** BDIA's own arithmetic: two blocks whose residual is one multiplication. */
const arithmetic =
  (way: "forward" | "inverse"): Part =>
  async () => {
    const gain = Params.struct<{ readonly gain: tf.Tensor }>({ gain: tensor.ones([width]) })
    const layer = fromTfjs(gain, ({ gain }, x: tf.Tensor): tf.Tensor => x.mul(gain))
    const space = tensorSpace(fractionBits)
    const net = Bdia.fromResidual({ space, layer }, 2)
    const [params, x] = [net.params.init(Key.fromSeed(0)), space.quantize(activations())]
    const env = () => tensorEnv({ params, samples: Array.from({ length: batch }, (_, i) => i), seed: 1 })
    const [state, side] = await runPromise(net.forward(x))(env())
    return way === "forward"
      ? () => runPromise(net.forward(x))(env())
      : () => runPromise(net.inverse(state, side))(env())
  }

const loss: Part = () => {
  const logits = normal([windows * gpt.context, gpt.vocabulary], 1)
  const targets = tf.tensor1d(Int32Array.from({ length: windows * gpt.context }, (_, i) => (i * i) % gpt.vocabulary))
  const gradient = tf.grad((x: tf.Tensor) => crossEntropy(x, targets))
  return () => gradient(logits)
}

const optimizer: Part = () => {
  const params = block.params.init(Key.fromSeed(0))
  const grads = block.params.init(Key.fromSeed(1))
  const state = AdamW.init(block.params, params)
  return () => AdamW.update(AdamW.config, block.params, { params, grads, norm: 1, state, learningRate: 1e-3 })
}

const ofLayer = <P>(name: string, layer: Layer<P, tf.Tensor, tf.Tensor>): Readonly<Record<string, Part>> => ({
  [name]: forwards(layer),
  [`${name}, grad`]: withGradient(layer),
})

const parts: Readonly<Record<string, Part>> = {
  ...ofLayer("LayerNorm", LayerNorm.make(width)),
  ...ofLayer("Linear", Linear.make(width, width)),
  ...ofLayer("Attention", Attention.make(width, heads, "full")),
  ...ofLayer("Mlp", Mlp.make(width, hidden)),
  "cross-entropy, grad": loss,
  AdamW: optimizer,
  "BDIA forward": arithmetic("forward"),
  "BDIA inverse": arithmetic("inverse"),
}

// --------------------------------------------------------- constructors

/** Every part as a mode that repeats it until the clock can measure it. */
export const modes: Modes = Object.fromEntries(
  Object.entries(parts).map(([name, part]) => [
    name,
    async () => {
      const compute = await part()
      const take = async () => {
        const made = tensorsIn(await compute())
        const first = await firstOf(made)
        for (const t of made) t.dispose()
        return first
      }
      await take()
      const start = performance.now()
      await take()
      const repeat = Math.max(1, Math.round(20 / (performance.now() - start)))
      return { take, repeat, measure: uncounted }
    },
  ]),
)
