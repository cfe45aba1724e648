/**
 * Training steps of a small GPT on bytes: forward, backward, the read of the evidence, and AdamW.
 */
import { either as E } from "fp-ts"
import { Key, Plan } from "bijou"
import { gpt } from "bijou/net"
import { buffers, peakBytes, tensorEnv, tensorsIn } from "bijou/tensor"
import { AdamW, Text, trainStep } from "bijou/train"
import { batch, gpt as sizes } from "../sizes.js"

/** `choose` gives the plan for the network and its first step. */
export const stepping = (choose) => (depth) => {
  const { network } = gpt({ ...sizes, depth })
  const bytes = Uint8Array.from({ length: 65_536 }, (_, i) => (i * i) >> 4)
  const params = network.params.init(Key.fromSeed(0))
  let trained = { params, state: AdamW.init(network.params, params) }
  let step = 0
  const samplesOf = (n) => Array.from({ length: batch }, (_, i) => n * batch + i)
  const windows = (samples) => Text.batch(bytes, sizes.context, 0, samples)
  const first = windows(samplesOf(0))
  const plan = choose(network, { ...trained, input: first, samples: samplesOf(0), seed: 0 })
  for (const ids of first) ids.dispose()
  const given = () => {
    const samples = samplesOf(step)
    const input = windows(samples)
    return { input, env: tensorEnv({ params: trained.params, seed: 0, step, samples, plan }) }
  }
  const take = async () => {
    const { input, env } = given()
    const result = await trainStep(network, trained, input, env, 1e-3, AdamW.config)()
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

const planned = (plan) => stepping(() => plan)

const lastTaped = (depth) => planned({ [`blocks/${depth - 1}`]: "tape" })(depth)

export const modes = { reversed: planned(Plan.reversed), lastTaped, taped: planned(Plan.taped) }
