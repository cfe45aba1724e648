/**
 * Measures the memory and the time of a training step, reversed and taped in alternation.
 */
import { either as E, type taskEither as TE } from "fp-ts"
import { Key } from "../../core/Key.ts"
import { Plan } from "../../core/Plan.ts"
import { run } from "../../core/Program.ts"
import type { RevError } from "../../core/RevError.ts"
import { gpt, type GptConfig } from "../../net/Gpt.ts"
import { tensorScope } from "../../tensor/values/tensorScope.ts"
import { tensorEnv } from "../../tensor/values/tensorWatch.ts"
import { lossAndGrads } from "../../train/Gradient.ts"
import type { Batch } from "../../train/Text.ts"
import { heldBytes } from "../../train/memory/heldBytes.ts"
import { median } from "../../train/median.ts"
import { nextTask } from "../../train/nextTask.ts"

// ---------------------------------------------------------------- model

/** Bytes of saved tensors after the forward pass, and the median time of forward and backward pass. */
export interface Cost {
  readonly depth: number
  readonly reversedBytes: number
  readonly tapedBytes: number
  readonly reversedMs: number
  readonly tapedMs: number
}

// ---------------------------------------------------------- destructors

/** The costs of an untrained network: one step of each kind to warm up, then `runs` timed steps. */
export const measure =
  (config: GptConfig, batch: Batch, runs: number): TE.TaskEither<RevError, Cost> =>
  async () => {
    const { bijection: network } = gpt(config)
    const params = network.params.init(Key.fromSeed(0))
    const samples = Array.from({ length: batch[0].shape[0] ?? 1 }, (_, i) => i)
    const env = (plan: Plan) => tensorEnv({ params, seed: 0, samples, plan })
    const kinds = { reversed: Plan.reversed, taped: Plan.taped }
    const times: Record<keyof typeof kinds, number[]> = { reversed: [], taped: [] }
    try {
      for (let i = 0; i <= runs; i++) {
        for (const kind of ["reversed", "taped"] as const) {
          await nextTask()
          const start = performance.now()
          const step = await run(lossAndGrads(network, batch))(env(kinds[kind]))()
          if (E.isLeft(step)) return step
          if (i > 0) times[kind].push(performance.now() - start)
          tensorScope.release(step.right)
        }
      }
      const reversedBytes = await heldBytes(network, batch, env(kinds.reversed))()
      if (E.isLeft(reversedBytes)) return reversedBytes
      const tapedBytes = await heldBytes(network, batch, env(kinds.taped))()
      if (E.isLeft(tapedBytes)) return tapedBytes
      return E.right({
        depth: config.depth,
        reversedBytes: reversedBytes.right,
        tapedBytes: tapedBytes.right,
        reversedMs: median(times.reversed),
        tapedMs: median(times.taped),
      })
    } finally {
      tensorScope.release(params)
    }
  }
