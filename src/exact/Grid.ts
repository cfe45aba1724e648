/**
 * The grid of values k 2^-l held in float32, exact while |x| < 2^(24-l).
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

/** Makes grids, rounds numbers onto them, and reads parities. */
export const Grid = {
  // -------------------------------------------------------- constructors

  /** A grid of 0 to 23 fraction bits; the paper uses 9. Throws `RangeError` for any other number. */
  make: (fractionBits: number): Grid => {
    if (!Number.isInteger(fractionBits) || fractionBits < 0 || fractionBits > 23)
      throw new RangeError(`A grid has 0 to 23 fraction bits, not ${fractionBits}. The paper uses 9.`)
    return { fractionBits, step: 2 ** -fractionBits, scale: 2 ** fractionBits, limit: 2 ** (24 - fractionBits) }
  },

  // --------------------------------------------------------- combinators

  /** Q: half to even onto the grid, with one zero. */
  round: ({ scale, step }: Grid, y: number): number => halfToEven(y * scale) * step,

  // --------------------------------------------------------- destructors

  /** The parity s of k = x 2^l, for a grid value x: 0 or 1, for negatives too. */
  parity: ({ scale }: Grid, x: number): 0 | 1 => ((x * scale) % 2 === 0 ? 0 : 1),

  /** Floor division of k = x 2^l: the quotient and the remainder, 0 <= r < divisor, as grid values with one zero. */
  divide: ({ scale, step }: Grid, divisor: number, x: number): readonly [quotient: number, remainder: number] => {
    const k = x * scale
    const signed = k % divisor
    const remainder = signed < 0 ? signed + divisor : signed + 0
    return [((k - remainder) / divisor) * step + 0, remainder * step]
  },
}

/** The nearest whole number, half to even, with one zero. */
export const halfToEven = (y: number): number => (Math.abs(y) < 2 ** 51 ? y + magic - magic : y)

/**
 * 1.5 * 2^52: adding it leaves a double no fraction bits, so the sum is rounded half to even by the hardware; taking it
 * away again never leaves -0.
 */
const magic = 6755399441055744
