/** Dropout whose mask is a function of the draw (Srivastava et al. 2014). */
import { uniforms } from "../../../exact/draws.ts"
import { sizeOf } from "../../../exact/frame.ts"
import { tf } from "../../tf.ts"
import { float, perSample } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, makes } from "./Outcome.ts"

export interface DropoutAttributes {
  /** The two words of the key. */
  readonly low: number
  readonly high: number
  /** Global sample ids, one for each position on the leading axis. */
  readonly samples: readonly number[]
  /** The probability of a zero, in [0, 1). */
  readonly rate: number
}

/**
 * Multiplies each value of x, `[batch, ...]`, by 0 if its uniform number is below the rate, and by 1 / (1 - rate)
 * otherwise. The uniform numbers are those of `uniforms` in `src/exact/draws.ts`, bit for bit.
 */
export const dropout: Kernel<{ readonly x: One }, DropoutAttributes, One> = {
  name: "BijouDropout",
  layer: "Dropout",
  check: (call) => {
    perSample(call.layer, float(call, "x"), { samples: call.attributes.samples })
    checkRate(call.attributes.rate)
  },
  outcome: ({ x }) => makes(like(x)),
  composed: ({ x }, { low, high, samples, rate }) => {
    const mask = uniforms({ key: { low, high }, samples }, sizeOf(x.shape.slice(1)))
    for (let i = 0; i < mask.length; i++) mask[i] = (mask[i] ?? 0) < rate ? 0 : 1 / (1 - rate)
    return x.mul(tf.tensor(mask, x.shape))
  },
}

/** Throws `RangeError` for a dropout rate outside [0, 1). */
export const checkRate = (rate: number): void => {
  if (!(rate >= 0 && rate < 1))
    throw new RangeError(`The dropout rate must be in [0, 1), but it is ${rate}. Use 0 for no dropout.`)
}
