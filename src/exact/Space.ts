/**
 * The arithmetic of BDIA on one kind of value, so that a block is derived once and runs on all of them.
 *
 * Laws (checked by `laws/sets/Space.ts`): every result is on the grid and has one zero where its inputs are,
 * `lower(lift(x, s), s)` is x, a quotient and its remainder are the number, `restore` takes back `update`, and each whole step has the bits of the operations that
 * it stands for.
 */
import type { Side } from "../core/Side.ts"
import type { Grid } from "./Grid.ts"

// ---------------------------------------------------------------- model

/** One coefficient for every sample of the batch. */
export type PerSample = ReadonlyArray<number>

/** The single operations. `X` is an activation (its leading axis is the batch), `Bit` its parities. */
export interface Arithmetic<in out X, in out Bit> {
  readonly grid: Grid
  /** Q(y): half to even onto the grid, with one zero. */
  readonly quantize: (y: X) => X
  /** Q((1-g) x + (1+g) h): the one operation that rounds, called by forward, inverse and pullback. */
  readonly drift: (gamma: PerSample, x: X, h: X) => X
  /** x + y, exact for grid values while |x + y| is below the limit. */
  readonly plus: (x: X, y: X) => X
  /** x - y, exact for grid values while |x - y| is below the limit. */
  readonly minus: (x: X, y: X) => X
  /** Each sample times its coefficient. */
  readonly times: (coefficients: PerSample, x: X) => X
  /** The parity s of x 2^l. */
  readonly parity: (x: X) => Bit
  /** x + s 2^-l */
  readonly lift: (x: X, s: Bit) => X
  /** x - s 2^-l, with one zero */
  readonly lower: (x: X, s: Bit) => X
  /** Floor division of the integers k = x 2^l by a divisor of at most 2^12: k = q d + r with r in 0 .. d - 1, one zero. */
  readonly divide: (divisor: number, x: X) => readonly [quotient: X, remainder: X]
  /** The codec of parities: one bit per activation. */
  readonly bit: Side<Bit>
  /** The codec of activations on the grid. */
  readonly value: Side<X>
}

/** The single operations, and the steps of a block in one go, with the same bits. */
export interface Space<in out X, in out Bit> extends Arithmetic<X, Bit> {
  /** x_{k+1} = g (x_{k-1} + s u) + Q((1-g) x_k + (1+g) h), and s, the parity of x_{k-1}. */
  readonly update: (gamma: PerSample, previous: X, x: X, h: X) => readonly [next: X, s: Bit]
  /** x_{k-1} = (x_{k+1} - Q((1-g) x_k + (1+g) h)) / g - s u */
  readonly restore: (gamma: PerSample, x: X, next: X, h: X, s: Bit) => X
  /** g dn for x_{k-1} and (dx + (1-g) dn) + jx for x_k: with dx and dn their cotangents after the step, jx that through h. */
  readonly cotangents: (gamma: PerSample, dx: X, dn: X, jx: X) => readonly [previous: X, x: X]
}

/** How a space is made. */
export const Space = {
  // -------------------------------------------------------- constructors

  /** The space of some arithmetic, its steps put together from the single operations. */
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
