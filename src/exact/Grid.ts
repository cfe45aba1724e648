/**
 * The grid of values k 2^-l stored in float32, exact while |x| < 2^(24-l).
 *
 * Laws (checked by `laws/sets/Grid.ts`):
 *
 * 1. idempotent: `round(round(y))` is `round(y)`
 * 2. closed: sums and differences of grid values inside the range are grid values, exactly
 * 3. one zero: `round` never gives -0
 */

// ---------------------------------------------------------------- model

export interface Grid {
  /** The l of the step 2^-l. */
  readonly fractionBits: number
  /** 2^-l */
  readonly step: number
  /** 2^l */
  readonly scale: number
  /** 2^(24-l): values are exact below it. */
  readonly limit: number
}

/** Makes grids, rounds numbers to them, and computes parities. */
export const Grid = {
  // -------------------------------------------------------- constructors

  /** Makes a grid of 0 to 23 fraction bits; the paper uses 9. Throws `RangeError` for any other number. */
  make: (fractionBits: number): Grid => {
    if (!Number.isInteger(fractionBits) || fractionBits < 0 || fractionBits > 23)
      throw new RangeError(`A grid must have 0 to 23 fraction bits, not ${fractionBits}. The paper uses 9.`)
    return { fractionBits, step: 2 ** -fractionBits, scale: 2 ** fractionBits, limit: 2 ** (24 - fractionBits) }
  },

  // --------------------------------------------------------- combinators

  /** Rounds to the grid (Q), ties to even, and never returns -0. */
  round: ({ scale, step }: Grid, y: number): number => halfToEven(y * scale) * step,

  // --------------------------------------------------------- destructors

  /** Computes the parity s of k = x 2^l for a grid value x: 0 or 1, also for negative k. */
  parity: ({ scale }: Grid, x: number): 0 | 1 => ((x * scale) % 2 === 0 ? 0 : 1),

  /** Divides k = x 2^l by floor division. Returns the quotient and the remainder, 0 <= r < divisor, as grid values. */
  divide: ({ scale, step }: Grid, divisor: number, x: number): readonly [quotient: number, remainder: number] => {
    const k = x * scale
    const signed = k % divisor
    const remainder = signed < 0 ? signed + divisor : signed + 0
    return [((k - remainder) / divisor) * step + 0, remainder * step]
  },
}

/** Rounds to the nearest integer, ties to even, and never returns -0. */
export const halfToEven = (y: number): number => (Math.abs(y) < 2 ** 51 ? y + magic - magic : y)

/**
 * 1.5 * 2^52: a double of this size has no fraction bits, so the hardware rounds the sum to an integer, ties to even.
 * Subtracting it again never gives -0.
 */
const magic = 6755399441055744
