/**
 * The laws of the arithmetic from which blocks are derived.
 */
import fc from "fast-check"
import { Space, type PerSample } from "../../src/exact/Space.ts"
import { aboutValues } from "../engine/about.ts"
import { floatsOf, look } from "../engine/evidence.ts"
import type { LawSet } from "../engine/Law.ts"

// ---------------------------------------------------------------- model

/** A space with values for it. */
export interface SpaceSubject<in out X, in out Bit> {
  readonly name: string
  readonly space: Space<X, Bit>
  /** Values on the grid so small that sums of four are in range. */
  readonly values: fc.Arbitrary<X>
  /** Values on no grid. */
  readonly others: fc.Arbitrary<X>
  /** Coefficients for the batch of those values. */
  readonly gammas: fc.Arbitrary<PerSample>
}

const divisors = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 2 ** 12 }))

// ----------------------------------------------------------------- laws

/**
 * Results are on the grid and never -0, `drift` rounds to the nearest value, `restore` inverts `update`, and a combined
 * step has the bits of its single operations.
 */
export const spaceLaws = <X, Bit>({ name, space, values, others, gammas }: SpaceSubject<X, Bit>): LawSet => {
  const { cotangents, divide, drift, grid, lift, lower, parity, quantize, restore, update } = space
  const composed = Space.make(space)
  const read = async (x: X) => floatsOf(await look(x))
  /** Converts each value to the integer k; a wrong zero gives -0. */
  const units = async (x: X) => (await read(x)).map((a) => a * grid.scale)
  const onGrid = async (x: X) => ({ lhs: await units(x), rhs: (await units(x)).map((k) => Math.round(k) + 0) })

  return {
    topic: "space",
    name: `${name} is a space`,
    parents: [],
    laws: [
      aboutValues("lower after lift gives back the same bits", values, async (x) => {
        const s = parity(x)
        return { lhs: await look(lower(lift(x, s), s)), rhs: await look(x) }
      }),

      aboutValues("lift makes every integer even", values, async (x) => {
        const lifted = await units(lift(x, parity(x)))
        return { lhs: lifted.map((k) => Math.abs(k % 2)), rhs: lifted.map(() => 0) }
      }),

      aboutValues("quotient times divisor plus remainder is the number", fc.tuple(divisors, values), async ([d, x]) => {
        const [q, r] = divide(d, x)
        const [quotients, remainders] = [await units(q), await units(r)]
        return { lhs: quotients.map((k, i) => k * d + (remainders[i] ?? 0) + 0), rhs: await units(x) }
      }),

      aboutValues(
        "quotients are on the grid and remainders below the divisor, both with one zero",
        fc.tuple(divisors, values),
        async ([d, x]) => {
          const [q, r] = divide(d, x)
          const [quotients, remainders] = [await units(q), await units(r)]
          return {
            lhs: [quotients, remainders],
            rhs: [quotients.map((k) => Math.round(k) + 0), remainders.map((k) => ((Math.round(k) % d) + d) % d)],
          }
        },
      ),

      aboutValues("quantize lands on the grid, with one zero", others, (y) => onGrid(quantize(y))),

      aboutValues("drift lands on the grid, with one zero", fc.tuple(gammas, values, others), ([g, x, h]) =>
        onGrid(drift(g, x, h)),
      ),

      aboutValues(
        "drift is within half a step of the real number, each sample with its own gamma",
        fc.tuple(gammas, values, others),
        async ([g, x, h]) => {
          const [drifted, a, b] = [await read(drift(g, x, h)), await read(x), await read(h)]
          const far = drifted.map((y, i) => {
            const gamma = g[Math.floor((i * g.length) / drifted.length)] ?? 0
            const real = (1 - gamma) * (a[i] ?? 0) + (1 + gamma) * (b[i] ?? 0)
            const slack = (Math.abs(a[i] ?? 0) + Math.abs(b[i] ?? 0)) * 2 ** -21
            return Math.abs(y - real) <= grid.step / 2 + slack ? 0 : y - real
          })
          return { lhs: far, rhs: far.map(() => 0) }
        },
      ),

      aboutValues(
        "restore after update gives back the same bits",
        fc.tuple(gammas, values, values, others),
        async ([g, previous, x, h]) => {
          const [next, s] = update(g, previous, x, h)
          return { lhs: await look(restore(g, x, next, h, s)), rhs: await look(previous) }
        },
      ),

      aboutValues(
        "update has the bits of its single operations",
        fc.tuple(gammas, values, values, others),
        async ([g, previous, x, h]) => ({
          lhs: await look(update(g, previous, x, h)),
          rhs: await look(composed.update(g, previous, x, h)),
        }),
      ),

      aboutValues(
        "restore has the bits of its single operations",
        fc.tuple(gammas, values, values, others),
        async ([g, x, next, h]) => {
          const s = parity(x)
          return { lhs: await look(restore(g, x, next, h, s)), rhs: await look(composed.restore(g, x, next, h, s)) }
        },
      ),

      aboutValues(
        "cotangents have the bits of their single operations",
        fc.tuple(gammas, others, others, others),
        async ([g, dx, dn, jx]) => ({
          lhs: await look(cotangents(g, dx, dn, jx)),
          rhs: await look(composed.cotangents(g, dx, dn, jx)),
        }),
      ),
    ],
  }
}
