/**
 * What the families share, on expressions: the claims of chains about a given state, and a side with only one value.
 */
import { option as O } from "fp-ts"
import { Momentum, Plan, Rational, TwoStep, type Bijection, type Two } from "bijou"
import { describe, expect, it } from "vitest"
import { space, told } from "./expressions.ts"
import { cotangent, h, nothing, ratio } from "./familyExpressions.ts"

type Chain<S> = Bijection<
  ReadonlyArray<{ readonly h: string }>,
  readonly [string, string],
  readonly [string, Two<string>],
  S
>

const chains = {
  "two-step chains": (depth: number) => TwoStep.fromContextResidual(h, TwoStep.midpoint(space), depth),
  "chains with a buffer": (depth: number) => Rational.fromContextResidual(h, ratio, depth),
  momentum: (depth: number) => Momentum.fromContextResidual(h, ratio, depth),
}

describe("the given state is claimed to be on the grid if the last block reverses", () => {
  const claimed = async <S>(f: Chain<S>, depth: number, plan: Plan) => {
    const weights = Array.from({ length: depth }, (_, k) => ({ h: `h${k}` }))
    const [after, side] = (await told(f.forward(["c", "x"]), weights, plan)).result
    const { claims } = await told(f.pullback(after, side, cotangent), weights, plan)
    return claims.filter((claim) => claim._tag === "Same" && claim.rebuilt === `Q(${String(claim.recorded)})`).length
  }

  it.each([1, 2, 3])("in chains of %d", async (depth) => {
    for (const [name, make] of Object.entries(chains)) {
      const f = make(depth) as Chain<unknown> // whatever its side
      expect(await claimed(f, depth, Plan.reversed), name).toBe(2)
      for (let k = 0; k < depth; k++)
        expect(await claimed(f, depth, { [k]: "tape" }), `${name}, ${k} taped`).toBe(k === depth - 1 ? 0 : 2)
    }
  })
})

it("a part that saves nothing when reversed has that one value as its side", () => {
  expect(TwoStep.fromContextResidual(h, TwoStep.leapfrog(space), 2).side.only).toEqual(
    O.some([nothing, [[null, nothing]]]),
  )
  expect(TwoStep.fromContextResidual(h, TwoStep.dyadic(space, 1), 2).side.only).toEqual(O.none)
})
