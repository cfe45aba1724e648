/**
 * The arithmetic of BDIA on one kind of value. A block is derived once over it and runs on every kind.
 *
 * Laws (checked by `laws/sets/Space.ts`): if the inputs are on the grid and are not -0, so is every result;
 * `lower(lift(x, s), s)` is x; a quotient times the divisor, plus the remainder, is the number; `restore` inverts
 * `update`; and each combined step has the bits of the operations that it combines.
 */
import type { Side } from "../core/Side.ts"
import type { Grid } from "./Grid.ts"

// ---------------------------------------------------------------- model

/** One coefficient per sample of the batch. */
export type PerSample = ReadonlyArray<number>

/** The single operations. `X` is an activation (its leading axis is the batch), `Bit` contains its parities. */
export interface Arithmetic<in out X, in out Bit> {
  readonly grid: Grid
  /** Q(y): rounds to the grid, ties to even, and never returns -0. */
  readonly quantize: (y: X) => X
  /** Q((1-g) x + (1+g) h): the only operation that rounds, called by forward, inverse and pullback. */
  readonly drift: (gamma: PerSample, x: X, h: X) => X
  /** x + y, exact for grid values while |x + y| is below the limit. */
  readonly plus: (x: X, y: X) => X
  /** x - y, exact for grid values while |x - y| is below the limit. */
  readonly minus: (x: X, y: X) => X
  /** Multiplies each sample by its coefficient. */
  readonly times: (coefficients: PerSample, x: X) => X
  /** The parity s of x 2^l. */
  readonly parity: (x: X) => Bit
  /** x + s 2^-l */
  readonly lift: (x: X, s: Bit) => X
  /** x - s 2^-l, never -0 */
  readonly lower: (x: X, s: Bit) => X
  /** Divides k = x 2^l by a divisor d of at most 2^12: k = q d + r, 0 <= r < d, by floor division, never -0. */
  readonly divide: (divisor: number, x: X) => readonly [quotient: X, remainder: X]
  /** The codec of parities: one bit per activation. */
  readonly bit: Side<Bit>
  /** The codec of activations on the grid. */
  readonly value: Side<X>
}

/** The single operations, and the steps of a block as combined operations with the same bits. */
export interface Space<in out X, in out Bit> extends Arithmetic<X, Bit> {
  /** x_{k+1} = g (x_{k-1} + s u) + Q((1-g) x_k + (1+g) h), and s, the parity of x_{k-1}. */
  readonly update: (gamma: PerSample, previous: X, x: X, h: X) => readonly [next: X, s: Bit]
  /** x_{k-1} = (x_{k+1} - Q((1-g) x_k + (1+g) h)) / g - s u */
  readonly restore: (gamma: PerSample, x: X, next: X, h: X, s: Bit) => X
  /**
   * g dn for x_{k-1} and (dx + (1-g) dn) + jx for x_k: dx and dn are the cotangents of x_k and x_{k+1} after the step,
   * jx is the cotangent through h.
   */
  readonly cotangents: (gamma: PerSample, dx: X, dn: X, jx: X) => readonly [previous: X, x: X]
}

/** Makes spaces. */
export const Space = {
  // -------------------------------------------------------- constructors

  /** Makes a space whose combined steps are sequences of the single operations. */
  make: <X, Bit>(arithmetic: Arithmetic<X, Bit>): Space<X, Bit> => {
    const { drift, lift, lower, minus, parity, plus, times } = arithmetic
    return {
      ...arithmetic,
      update: (g, previous, x, h) => {
        const s = parity(previous)
        return [plus(times(g, lift(previous, s)), drift(g, x, h)), s]
      },
      restore: (g, x, next, h, s) => {
        const rest = minus(next, drift(g, x, h))
        return lower(
          times(
            g.map((gamma) => 1 / gamma),
            rest,
          ),
          s,
        )
      },
      cotangents: (g, dx, dn, jx) => {
        const straight = times(
          g.map((gamma) => 1 - gamma),
          dn,
        )
        return [times(g, dn), plus(plus(dx, straight), jx)]
      },
    }
  },
}
