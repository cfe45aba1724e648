/**
 * A reversible GPT in a plain tfjs training loop: variables, `tf.variableGrads` and an optimizer.
 *
 * The gradient of `toFunction(network)` runs the reversed backward pass, so the memory between the two passes does not
 * grow with depth, except for one bit per activation and block.
 *
 * Run it after `npm run build`, on a Node that strips types: `node examples/variableGrads.ts`.
 */
import { Key } from "bijou"
import { gpt } from "bijou/net"
import { buffers, mapTensors, tf, toFunction, useBackend } from "bijou/tensor"

await useBackend("wasm")

const { bijection: network } = gpt({
  vocabulary: 5,
  context: 8,
  width: 8,
  heads: 2,
  depth: 3,
  fractionBits: 9,
  dropout: 0.1,
})
const seed = 1
const parameters = mapTensors(network.params.init(Key.fromSeed(seed)), (leaf) => tf.variable(leaf))

// The task: count upwards modulo 5. Each row starts at another number, and the target is the next one.
const counting = (from: number): tf.Tensor =>
  tf.tensor2d(
    Int32Array.from({ length: 4 * 8 }, (_, i) => (from + (i >> 3) + (i & 7)) % 5),
    [4, 8],
    "int32",
  )
const [tokens, targets] = [counting(0), counting(1)]

const optimizer = tf.train.adam(0.03)
const losses: number[] = []
let held = 0
for (let step = 0; step < 30; step++) {
  // Each step has its own key. With the sample's place, it determines which values dropout drops.
  const key = Key.step(step)(Key.fromSeed(seed))
  const { value, grads } = tf.variableGrads(() => toFunction(network, parameters, key)([tokens, targets]).asScalar())
  optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })))
  losses.push((await value.data())[0] ?? NaN)
  tf.dispose([value, grads])
  if (step === 0) held = buffers().bytes
}

const [first = NaN, last = NaN] = [losses.at(0), losses.at(-1)]
console.log(`starts near log 5: ${Math.abs(first - Math.log(5)) < 0.1}`)
console.log(`learns to count: ${last < 0.2}`)
console.log(`bytes held more after 30 steps than after 1: ${buffers().bytes - held}`)
