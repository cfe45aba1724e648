/**
 * The learning rate over a run.
 */

import { checkNumber } from "./AdamW.ts"

// ---------------------------------------------------------------- model

/** A learning-rate schedule: a linear warm-up to `peak`, then half a cosine down to `floor`. */
export interface Schedule {
  readonly peak: number
  /** The rate at the end of the cosine. */
  readonly floor: number
  readonly warmup: number
  readonly steps: number
}

// ---------------------------------------------------------- destructors

/**
 * Returns the learning rate of a step, counted from 0: linear over the warm-up, whose last step is the first at `peak`,
 * then half a cosine from `peak` to `floor`.
 */
export const learningRate = ({ peak, floor, warmup, steps }: Schedule, step: number): number => {
  if (step < warmup) return (peak * (step + 1)) / warmup
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup))
  return floor + ((peak - floor) * (1 + Math.cos(Math.PI * progress))) / 2
}

/** Throws `RangeError` for a schedule without a valid rate at every step. */
export const checkSchedule = ({ peak, floor, warmup, steps }: Schedule): void => {
  checkNumber("peak", peak, peak >= 0, "of at least 0")
  checkNumber("floor", floor, floor >= 0, "of at least 0")
  checkNumber("warmup", warmup, warmup >= 0, "of steps of at least 0")
  if (!Number.isSafeInteger(steps) && steps !== Infinity)
    throw new RangeError(`steps must be an integer or Infinity, not ${steps}.`)
}
