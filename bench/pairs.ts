/**
 * Paired times: modes take steps in turn, so that whatever slows the machine slows them alike.
 *
 * What is measured is the built package, imported by its name. A median and the integers of options measure nothing:
 * they are the library's own, imported from its sources and bundled with the benchmark.
 */
import { setTimeout } from "node:timers/promises"
import { median } from "../src/train/median.ts"
import type { Bytes } from "./Mode.ts"
import type { Runner } from "./Runner.ts"

// ---------------------------------------------------------------- model

/** Milliseconds of every step that counts, by mode. */
export type Series = Readonly<Record<string, ReadonlyArray<number>>>

/** The times of a run: on the clock, and of the processor. */
export interface Times {
  readonly series: Series
  readonly cpu: Series
}

/** The ratios of two modes, pair by pair, and the ratio of their medians. */
export interface Ratio {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly ofMedians: number
  readonly pairs: number
}

export interface Rounds {
  readonly count: number
  /** Rounds before them, which do not count. */
  readonly warmup: number
  readonly report: Report
}

/**
 * Is called before every step; `round` is negative in the warm-up, and `turn` is the place of the mode in the round.
 */
export type Report = (round: number, mode: string, turn: number) => void

// --------------------------------------------------------- constructors

/** Rounds in which every runner takes a step. */
export const rounds = async (runners: ReadonlyArray<Runner>, { count, warmup, report }: Rounds): Promise<Times> => {
  const taken = runners.map(() => ({ ms: Array<number>(), cpu: Array<number>() }))
  for (let round = -warmup; round < count; round++) {
    for (const [turn, { mode, take }] of runners.entries()) {
      report(round, mode, turn)
      // The threads of a BLAS spin for a while after their last product, and would take a core from the next mode.
      await setTimeout(250)
      const { ms, cpu } = await take()
      if (round < 0) continue
      taken[turn]?.ms.push(ms)
      taken[turn]?.cpu.push(cpu)
    }
  }
  const of = (time: "ms" | "cpu"): Series =>
    Object.fromEntries(runners.map(({ mode }, turn) => [mode, taken[turn]?.[time] ?? []]))
  return { series: of("ms"), cpu: of("cpu") }
}

// ---------------------------------------------------------- destructors

/** The median times of a mode. */
export const medians = ({ series, cpu }: Times, mode: string): { readonly ms: number; readonly cpu: number } => ({
  ms: median(series[mode] ?? []),
  cpu: median(cpu[mode] ?? []),
})

export const ratio = ({ series }: Times, above: string, below: string): Ratio => {
  const [over, under] = [series[above] ?? [], series[below] ?? []]
  const pairs = over.map((ms, i) => ms / (under[i] ?? NaN))
  return {
    median: median(pairs),
    min: Math.min(...pairs),
    max: Math.max(...pairs),
    ofMedians: median(over) / median(under),
    pairs: pairs.length,
  }
}

/** What every runner measures of bytes, by mode. */
export const bytesOf = async (runners: ReadonlyArray<Runner>): Promise<Readonly<Record<string, Bytes>>> => {
  const bytes: Record<string, Bytes> = {}
  for (const { mode, measure } of runners) bytes[mode] = await measure()
  return bytes
}
