/**
 * A benchmark, and what comes of it.
 */
import type { Verdict } from "./bounds.ts"
import type { Bytes } from "./Mode.ts"
import type { Times, Report } from "./pairs.ts"
import type { Place } from "./Place.ts"
import type { Speed } from "./speed.ts"

// ---------------------------------------------------------------- model

interface SuiteOptions {
  /** Blocks in a network. */
  readonly depth: number
  readonly place: Place
  readonly pairs: number
  /** Pairs against stock TensorFlow.js; at 0 there are none. */
  readonly stockPairs: number
  readonly warmup: number
  /** The Python that has PyTorch. */
  readonly torch: string | undefined
  readonly torchThreads: number
  /** Numbers of workers, the fewest first. */
  readonly workers: ReadonlyArray<number>
  /** Shows `count` rounds of what is called `name`. */
  readonly progress: (name: string, count: number) => Report
}

export type Suite = (options: SuiteOptions) => Promise<Result>

/** What was measured of a mode: medians of milliseconds, and what they make. */
export interface Row extends Partial<Speed>, Partial<Bytes> {
  readonly mode: string
  readonly ms: number
  readonly cpu: number
  readonly tokensPerSecond?: number
}

/** One benchmark's result; with `--json` it is written as it is. */
export interface Result extends Times {
  readonly name: string
  readonly title: string
  /** What the backend calls itself. */
  readonly on: string
  /** GFLOP/s of a large matrix product. */
  readonly matmulPeak?: number
  readonly depth?: number
  readonly place?: Place
  /** The version of PyTorch. */
  readonly torch?: string | null
  readonly sizes?: Readonly<Record<string, number>>
  readonly modes: ReadonlyArray<Row>
  readonly ratios: ReadonlyArray<Verdict>
}
