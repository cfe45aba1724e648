/**
 * The arithmetic of BDIA on one kind of value, so that a block is derived once and runs on all of them.
 *
 * Laws (checked by `laws/Space.ts`): every result is on the grid and has one zero where its inputs are, and
 * `lower(lift(x, s), s)` is x.
 */
import type { Side } from "../core/Side.ts"
import type { Grid } from "./Grid.ts"

// ---------------------------------------------------------------- model

/** One coefficient for every sample of the batch. */
export type PerSample = ReadonlyArray<number>

/** `X` is an activation (its leading axis is the batch), `Bit` its parities. */
export interface Space<in out X, in out Bit> {
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
  /** The codec of parities: one bit per activation. */
  readonly bit: Side<Bit>
  /** The codec of activations on the grid. */
  readonly value: Side<X>
}
