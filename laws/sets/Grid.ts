/**
 * The laws of the grid, compared with exact rational arithmetic on integers.
 */
import fc from "fast-check"
import type { Watch } from "../../src/core/Watch.ts"
import type { Grid } from "../../src/exact/Grid.ts"
import { gridNumber, nearGrid } from "../engine/arbitraries.ts"
import { law, type LawSet } from "../engine/Law.ts"

// ---------------------------------------------------------------- model

/** A grid with its two operations; the library's are `Grid.round` and `Grid.parity`. */
export interface GridSubject {
  readonly name: string
  readonly grid: Grid
  /** Rounds to the grid, ties to even, and never returns -0. */
  readonly round: (y: number) => number
  /** Computes the lowest bit of k, for a grid value k 2^-l. */
  readonly parity: (x: number) => 0 | 1
  /** The guard that checks every activation. */
  readonly watch: () => Watch
}

// ----------------------------------------------------------------- laws

/** Rounding, sums and parities agree with exact arithmetic on integers, and there is one zero. */
export const gridLaws = ({ name, grid, round, parity, watch }: GridSubject): LawSet => ({
  topic: "grid",
  name: `${name} is a grid`,
  parents: [],
  laws: [
    law("rounding twice is rounding once", nearGrid(grid), (y) => ({ lhs: round(round(y)), rhs: round(y) })),

    law("rounding goes to the nearest value, ties to even", nearGrid(grid), (y) => ({
      lhs: round(y),
      rhs: nearest(grid, y),
    })),

    law("rounding does not change grid values", gridNumber(grid), (x) => ({ lhs: round(x), rhs: x })),

    law("sums inside the range are exact in float32", fc.tuple(gridNumber(grid), gridNumber(grid)), ([x, y]) => {
      const sum = x + y
      fc.pre(Math.abs(sum) < grid.limit)
      return { lhs: Math.fround(sum), rhs: Number(units(grid, x) + units(grid, y)) * grid.step + 0 }
    }),

    law("there is one zero", fc.double({ min: -grid.step / 2, max: grid.step / 2, noNaN: true }), (y) => ({
      lhs: round(y),
      rhs: 0,
    })),

    law("the guard refuses what reaches the limit, and nothing below it", reach(grid), async (x) => {
      const guard = watch()
      guard.expect({ _tag: "InRange", place: { path: [], step: 0 }, x, fractionBits: grid.fractionBits })
      return { lhs: (await guard.settle())._tag, rhs: Math.abs(x) < grid.limit ? "Right" : "Left" }
    }),

    law("parity is the lowest bit of the integer, also below zero", gridNumber(grid), (x) => ({
      lhs: parity(x),
      rhs: Number(BigInt.asUintN(1, units(grid, x))),
    })),
  ],
})

/** Grid values, and values at the limit and beyond it. */
const reach = (grid: Grid): fc.Arbitrary<number> =>
  fc.oneof(
    gridNumber(grid),
    fc.constantFrom(grid.limit, -grid.limit, grid.limit - grid.step, grid.step - grid.limit, Infinity, -Infinity, NaN),
    fc.double({ min: grid.limit, noNaN: true }),
  )

/** k of a grid value k 2^-l. */
const units = (grid: Grid, x: number): bigint => BigInt(x * grid.scale)

/** y = m 2^-60 2^-l in integers, for |y| < 2^24-l and no finer than that. */
const nearest = (grid: Grid, y: number): number => {
  const fine = 2n ** 60n
  const whole = BigInt(Math.floor(y * grid.scale))
  const rest = BigInt(Math.floor((y * grid.scale - Number(whole)) * 2 ** 60))
  const up = 2n * rest > fine || (2n * rest === fine && BigInt.asUintN(1, whole) === 1n)
  return Number(whole + (up ? 1n : 0n)) * grid.step + 0
}
