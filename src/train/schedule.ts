/**
 * The learning rate over a run.
 */

import { checkNumber } from "./AdamW.ts"

// ---------------------------------------------------------------- model

/** The learning rate over a run: a linear warm-up to `peak`, then half a cosine down to `floor`. */
export interface Schedule {
  readonly peak: number
  /** Where the cosine ends. */
  readonly floor: number
  readonly warmup: number
  readonly steps: number
}

// ---------------------------------------------------------- destructors

/** Linear over the warm-up, whose last step is the first at `peak`, then half a cosine from `peak` to `floor`; steps count from 0. */
export const learningRate = ({ peak, floor, warmup, steps }: Schedule, step: number): number => {
  if (step < warmup) return (peak * (step + 1)) / warmup
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup))
  return floor + ((peak - floor) * (1 + Math.cos(Math.PI * progress))) / 2
}

/** Throws `RangeError` for a schedule that has no rate at every step. */
export const checkSchedule = ({ peak, floor, warmup, steps }: Schedule): void => {
  checkNumber("peak", peak, peak >= 0, "from 0 on")
  checkNumber("floor", floor, floor >= 0, "from 0 on")
  checkNumber("warmup", warmup, warmup >= 0, "of steps from 0 on")
  if (!Number.isSafeInteger(steps) && steps !== Infinity)
    throw new RangeError(`steps must be a whole number of steps, or Infinity, not ${steps}.`)
}
