/**
 * Training steps of a small GPT on bytes: forward, backward, the read of the evidence, and AdamW.
 */
import { Key, Plan } from "bijou"
import { AdamW, gpt, Text, trainStep } from "bijou/net"
import type { Batch } from "../../src/train/Text.ts"
import type { Gpt } from "../../src/net/Gpt.ts"
import type { Step } from "../../src/train/memory/ledgerOf.ts"
import { buffers, peakBytes, tensorEnv, tensorsIn } from "bijou/tensor"
import { orThrow } from "../../src/core/orThrow.ts"
import type { Mode, Modes } from "../Mode.ts"
import { batch, gpt as sizes } from "../sizes.ts"

// ---------------------------------------------------------------- model

type Network = Gpt["bijection"]

/** The plan for a network and its first step. */
export type Choose = (network: Network, step: Step<ReturnType<Network["params"]["init"]>, Batch>) => Plan

// --------------------------------------------------------- constructors

export const stepping =
  (choose: Choose) =>
  (depth: number): Mode => {
    const { bijection: network } = gpt({ ...sizes, depth })
    const bytes = Uint8Array.from({ length: 65_536 }, (_, i) => (i * i) >> 4)
    const params = network.params.init(Key.fromSeed(0))
    let trained = { params, state: AdamW.init(network.params, params) }
    let step = 0
    const samplesOf = (n: number) => Array.from({ length: batch }, (_, i) => n * batch + i)
    const windows = (samples: ReadonlyArray<number>) => Text.batch(bytes, sizes.context, 0, samples)
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
      const result = orThrow(await trainStep(network, trained, input, env, 1e-3, AdamW.config)())
      for (const ids of input) ids.dispose()
      trained = result.trained
      step++
      return result.loss
    }
    /** Returns the bytes held between the forward and the backward pass. */
    const heldBytes = async () => {
      const { input, env } = given()
      const before = buffers().bytes
      const result = orThrow(env.scope.within(() => network.forward(input)(env)))
      const held = buffers().bytes - before
      for (const t of tensorsIn([input, result])) t.dispose()
      await env.watch.settle()
      return held
    }
    const measure = async () => {
      const held = await heldBytes()
      const before = buffers().bytes
      const { peak } = await peakBytes(take)
      return { held, peak: peak - before }
    }
    return { take, measure }
  }

const planned = (plan: Plan) => stepping(() => plan)

const lastTaped = (depth: number): Mode => planned({ [`blocks/${depth - 1}`]: "tape" })(depth)

export const modes: Modes = { reversed: planned(Plan.reversed), lastTaped, taped: planned(Plan.taped) }
