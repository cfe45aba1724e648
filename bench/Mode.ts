/**
 * One way of doing some work, measured step by step in a separate process.
 */
import * as t from "io-ts"

// ---------------------------------------------------------------- model

/** A mode with its network made. Making it is not timed. */
export interface Mode {
  /** Takes one step; its loss, or some number that can be read only when the step is done. */
  readonly take: () => Promise<number | undefined>
  /** How many steps are timed together; 1 unless given. */
  readonly repeat?: number
  /** Takes a step to measure its bytes. */
  readonly measure: () => Promise<Footprint>
}

/** Bytes of tensors between forward and backward, and the most in a step; null where they are not counted. */
export interface Footprint {
  readonly held: number | null
  readonly peak: number | null
}

/** The modes of a file by name; `depth` is the number of blocks. */
export type Modes = Readonly<Record<string, (depth: number) => Mode | Promise<Mode>>>

/** The questions to the process of a mode. */
export const Question = t.keyof({ take: null, measure: null })

export type Question = t.TypeOf<typeof Question>

/** Milliseconds of one step, on the clock and of the processor. */
export const Taken = t.readonly(t.strict({ ms: t.number, cpu: t.number }), "Taken")

export type Taken = t.TypeOf<typeof Taken>

const count = t.union([t.number, t.null])

/** Bytes of tensors, and the most that the process has ever had in memory. */
export const Bytes = t.readonly(t.strict({ held: count, peak: count, process: t.number }), "Bytes")

export type Bytes = t.TypeOf<typeof Bytes>

// --------------------------------------------------------- constructors

/** For a mode whose tensors are not counted. */
export const uncounted = async (): Promise<Footprint> => ({ held: null, peak: null })
