/**
 * Measures the cost of steps at several depths, with a progress bar.
 */
import { orThrow } from "../../core/orThrow.ts"
import type { GptConfig } from "../../net/Gpt.ts"
import type { Batch } from "../../train/Text.ts"
import type { Interrupt } from "../Interrupt.ts"
import { startProgressBar } from "../ProgressBar.ts"
import { measure, type Cost } from "./measure.ts"

// ---------------------------------------------------------- destructors

/** The costs of each depth; null after an interrupt. */
export const measureDepths = async (
  config: GptConfig,
  given: ReadonlyArray<number>,
  batch: Batch,
  interrupt: Interrupt,
): Promise<ReadonlyMap<number, Cost> | null> => {
  const costs = new Map<number, Cost>()
  const depths = [...new Set(given)]
  const progress = startProgressBar("measuring", depths.length)
  for (const [i, depth] of depths.entries()) {
    costs.set(depth, orThrow(await measure({ ...config, depth }, batch, timedSteps)()))
    progress.update(i + 1, `K = ${depth}`)
    if (await interrupt.requested()) break
  }
  progress.stop()
  return costs.size < depths.length ? null : costs
}

const timedSteps = 3
