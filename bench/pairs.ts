/**
 * Paired times: modes take steps in turn, so that whatever slows the machine slows them alike.
 */
import { setTimeout } from "node:timers/promises"

/** `count` rounds in which every runner takes a step, after `warmup` rounds that do not count: milliseconds by mode, on the clock and of the processor. */
export const rounds = async (runners, { count, warmup, report }) => {
  const series = Object.fromEntries(runners.map(({ mode }) => [mode, []]))
  const cpu = Object.fromEntries(runners.map(({ mode }) => [mode, []]))
  for (let round = -warmup; round < count; round++) {
    for (const [turn, { mode, take }] of runners.entries()) {
      report(round, mode, turn)
      // The threads of a BLAS spin for a while after their last product, and would take a core from the next mode.
      await setTimeout(250)
      const taken = await take()
      if (round < 0) continue
      series[mode].push(taken.ms)
      cpu[mode].push(taken.cpu)
    }
  }
  return { series, cpu }
}

/** The ratios of two series, pair by pair, and the ratio of their medians. */
export const ratio = (above, below) => {
  const pairs = above.map((ms, i) => ms / below[i])
  return {
    median: median(pairs),
    min: Math.min(...pairs),
    max: Math.max(...pairs),
    ofMedians: median(above) / median(below),
    pairs: pairs.length,
  }
}

export const median = (values) => {
  const sorted = values.toSorted((x, y) => x - y)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** What every runner measures of bytes, by mode. */
export const bytesOf = async (runners) => {
  const bytes = {}
  for (const { mode, measure } of runners) bytes[mode] = await measure()
  return bytes
}
