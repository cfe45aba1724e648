/**
 * The learning rate of the front door.
 */
import { shown } from "../core/quoted.ts"
import { checkNumber } from "./AdamW.ts"
import type { Schedule } from "./schedule.ts"

// ---------------------------------------------------------------- model

/**
 * A constant learning rate, or one that rises linearly to `peak` over `warmup` steps (0 unless given) and falls to
 * `floor` (0 unless given) by half a cosine.
 */
export type Rate = number | { readonly peak: number; readonly floor?: number; readonly warmup?: number }

// ---------------------------------------------------------- destructors

/** The schedule of a run. Throws `RangeError` for a rate that is none. */
export const scheduleOf = (rate: Rate, steps: number): Schedule => {
  if (typeof rate === "number") {
    checkNumber("rate", rate, rate > 0, "above 0")
    return { peak: rate, floor: rate, warmup: 0, steps }
  }
  if (typeof rate !== "object" || rate === null)
    throw new RangeError(`rate must be a number above 0 or { peak, floor, warmup }, not ${shown(rate)}.`)
  const { peak, floor = 0, warmup = 0 } = rate
  checkNumber("rate.peak", peak, peak > 0, "above 0")
  checkNumber("rate.floor", floor, floor >= 0 && floor <= peak, "from 0 to rate.peak")
  return { peak, floor, warmup, steps }
}
