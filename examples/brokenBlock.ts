/**
 * A broken block, and the same block repaired: a coupling of two numbers, y1 = x1 + tanh(x2), y2 = x2 + tanh(y1).
 *
 * In floating point every sum is rounded, so the inverse is only close. It is exact if the summands are on the grid.
 *
 * Run it after `npm run build` with `npx tsx examples/brokenBlock.ts`. `npx bijou check examples/brokenBlock.ts` says
 * more.
 */
import { either as E } from "fp-ts"
import { attempt, NotDifferentiable, numberSpace, Params, Side, type Bijection } from "bijou"
import { arbitraries, judgeAll, lawsOf, subject, toFinding } from "bijou/laws"
import fc from "fast-check"

type Pair = readonly [number, number]

const { grid, quantize } = numberSpace(9) // multiples of 2^-9

const coupling = (h: (x: number) => number): Bijection<{}, Pair, Pair, null> => {
  const forth = ([x1, x2]: Pair): Pair => {
    const y1 = x1 + h(x2)
    return [y1, x2 + h(y1)]
  }
  return {
    params: Params.none,
    side: Side.nothing,
    forward: (x) => attempt(() => [forth(x), null] as const),
    inverse: ([y1, y2]) =>
      attempt(() => {
        const x2 = y2 - h(y1)
        return [y1 - h(x2), x2]
      }),
    infer: (x) => attempt(() => forth(x)),
    pullback: () => (env) => E.left(new NotDifferentiable({ path: env.path, what: "This coupling" })),
  }
}

const number = arbitraries.boundedGridNumber(grid, 8)
const inputs = fc.tuple(number, number)
export const inFloats = subject({ bijection: coupling(Math.tanh), inputs })
export const onGrid = subject({ bijection: coupling((x) => quantize(Math.tanh(x))), inputs })

for (const [name, one] of Object.entries({ inFloats, onGrid })) {
  const { laws } = await judgeAll((await lawsOf(one)).set)
  const broken = laws.filter(({ verdict }) => verdict._tag !== "Holds")
  console.log(`${name} breaks ${broken.length} of ${laws.length} laws`)
  const [why] = broken.flatMap(({ verdict }) => toFinding(verdict).counterexample?.reasons ?? [])
  if (why !== undefined) console.log(why)
}
