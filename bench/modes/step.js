/**
 * Training steps of a small GPT on bytes: forward, backward, the read of the evidence, and AdamW.
 */
import { either as E } from "fp-ts"
import { Key, Plan } from "bijou"
import { gpt } from "bijou/net"
import { buffers, peakBytes, tensorEnv, tensorsIn } from "bijou/tensor"
import { AdamW, Text, trainStep } from "bijou/train"
import { batch, gpt as sizes } from "../sizes.js"

const planned = (plan) => (depth) => {
  const { network } = gpt({ ...sizes, depth })
  const bytes = Uint8Array.from({ length: 65_536 }, (_, i) => (i * i) >> 4)
  const params = network.params.init(Key.fromSeed(0))
  let trained = { params, state: AdamW.init(network.params, params) }
  let step = 0
  const given = () => {
    const samples = Array.from({ length: batch }, (_, i) => step * batch + i)
    const input = Text.batch(bytes, sizes.context, 0, samples)
    return { input, env: tensorEnv({ params: trained.params, seed: 0, step, samples, plan }) }
  }
  const take = async () => {
    const { input, env } = given()
    const result = await trainStep(network, AdamW.config)(trained, input, env, 1e-3)()
    if (E.isLeft(result)) throw result.left
    for (const ids of input) ids.dispose()
    trained = result.right.trained
    step++
    return result.right.loss
  }
  /** What stands between forward and backward. */
  const heldBytes = () => {
    const { input, env } = given()
    const before = buffers().bytes
    const result = env.scope.within(() => network.forward(input)(env))
    if (E.isLeft(result)) throw result.left
    const held = buffers().bytes - before
    for (const t of tensorsIn([input, result.right])) t.dispose()
    return env.watch.settle().then(() => held)
  }
  const measure = async () => {
    const held = await heldBytes()
    const before = buffers().bytes
    const { peak } = await peakBytes(take)
    return { held, peak: peak - before }
  }
  return { take, measure }
}

const lastTaped = (depth) => planned({ [`blocks/${depth - 1}`]: "tape" })(depth)

export const modes = { reversed: planned(Plan.reversed), lastTaped, taped: planned(Plan.taped) }
