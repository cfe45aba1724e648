/**
 * Makes an exactly reversible chain from any function: write plain tfjs, and the inverse returns every bit of its
 * input.
 *
 * Run it after `npm run build` with `npx tsx examples/customResidual.ts`, and check all laws with `npx bijou check
 * examples/customResidual.ts`.
 */
import { either as E, function as F, readerEither as RE } from "fp-ts"
import { Bdia, differingBits, Key, Params, run } from "bijou"
import { subject } from "bijou/laws"
import { gridTensor } from "bijou/laws/tensor"
import { fromTfjs, tensor, tensorEnv, tensorSpace, tf, useBackend } from "bijou/tensor"

await useBackend("wasm")

// The residual h: its parameters with their initial values, and its computation. tfjs computes its gradient.
const h = fromTfjs(
  Params.struct<{ mix: tf.Tensor; gate: tf.Tensor }>({
    mix: tensor.normal([8, 8], 0.5),
    gate: tensor.normal([8, 8], 0.5),
  }),
  ({ mix, gate }, x: tf.Tensor) => tf.tanh(tf.matMul(x, mix)).mul(tf.sigmoid(tf.matMul(x, gate))),
)

// The subject of the laws: the residual on the grid of multiples of 2^-9, and inputs of four samples.
const space = tensorSpace(9)
export const gated = subject({ residual: { space, layer: h }, inputs: gridTensor(space, [4, 8]) })

// Twelve blocks of it. Their side information is one bit per activation and block.
const chain = Bdia.fromResidual({ space, layer: h }, 12)

const x = space.quantize(tf.randomNormal([4, 8], 0, 1, "float32", 7))
const env = tensorEnv({ params: chain.params.init(Key.fromSeed(1)), seed: 1, samples: [0, 1, 2, 3] })

const thereAndBack = F.pipe(
  chain.forward(x),
  RE.chain(([state, side]) => chain.inverse(state, side)),
)
const result = await run(thereAndBack)(env)()
if (E.isLeft(result)) throw result.left

const [before, after] = [await x.data<"float32">(), await result.right.data<"float32">()]
console.log(differingBits(before, after) === 0)
