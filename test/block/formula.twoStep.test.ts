/**
 * Two-step chains on expressions: what each scheme of docs/specification.md, section 8, computes in every direction,
 * what it claims, and what it frees.
 */
import { Plan, TwoStep } from "bijou"
import type { Scheme } from "../../src/block/TwoStep.ts"
import { describe, expect, it } from "vitest"
import { space, told } from "./expressions.ts"
import {
  both,
  cotangent,
  enters,
  h,
  leaves,
  line,
  nothing,
  params,
  sign,
  signs,
  state,
  value,
  zero,
} from "./familyExpressions.ts"

/**
 * Two blocks of a scheme: `scaled` is g x_0, `added` is what x_1 adds, and `undone` is the inverse after subtracting
 * it.
 */
const twoStep = <S>(
  name: string,
  scheme: Scheme<string, S>,
  side: S,
  rule: {
    readonly scaled: readonly [value: string, left: S]
    readonly expected: (x: string, h: string) => string
    readonly added: (x: string, h: string) => string
    readonly undone: (difference: string) => string
    readonly pulled: string
    readonly straight: string
    readonly scaledCotangent: string
  },
): void => {
  describe(name, () => {
    const f = TwoStep.fromContextResidual(h, scheme, 2)
    const sides = [nothing, [[side, nothing]]] as const
    const difference = `(b - ${rule.added("a", value("h1", "a", "1"))})`
    const begin = rule.undone(difference)

    it("scales the activation before the last, and adds a function of the last", async () => {
      const { result, claims, freed } = await told(f.forward(["c", "x"]), params)
      const one = `(x + Q(${value("h0", "x", "0")}))`
      const two = `(${rule.scaled[0]} + ${rule.added(one, value("h1", one, "1"))})`
      expect(result).toEqual([
        ["c", [one, two]],
        [nothing, [[rule.scaled[1], nothing]]],
      ])
      expect(claims.map(line)).toEqual([...enters("0", "x"), `InRange at 0: ${one}`, `InRange at 1: ${two}`])
      expect(freed).toEqual(expect.arrayContaining([value("h0", "x", "0"), value("h1", one, "1")]))
    })

    it("subtracts the function, and scales back", async () => {
      const { result, claims } = await told(f.inverse(state, sides), params)
      expect(result).toEqual(["c", begin])
      expect(claims.map(line)).toEqual([`Rebuilt at 1: ${difference}`])
    })

    it("has the expectation of gamma at inference", async () => {
      const { result, claims } = await told(f.infer(["c", "x"]), params)
      const one = "(x + Q(h0(c, x)))"
      const two = rule.expected(one, `h1(c, ${one})`)
      expect(result).toEqual(["c", [one, two]])
      expect(claims.map(line)).toEqual([...enters("0", "x"), `InRange at 0: ${one}`, `InRange at 1: ${two}`])
    })

    it("pulls a cotangent back", async () => {
      const { result, claims } = await told(f.pullback(state, sides, cotangent), params)
      const dx = `(${rule.straight} + jx_h1[${rule.pulled}])`
      expect(result).toEqual({
        input: ["c", begin],
        cotangent: [
          `((dc & jc_h1[${rule.pulled}]) & jc_h0[${dx}])`,
          `((${rule.scaledCotangent} + ${dx}) + jx_h0[${dx}])`,
        ],
        grads: [{ h: `jp_h0[${dx}]` }, { h: `jp_h1[${rule.pulled}]` }],
      })
      expect(claims.map(line)).toEqual([
        ...leaves,
        `Rebuilt at 1: ${difference}`,
        `Same at 0: (${begin} + Q(${value("h0", begin, "0")})) is a`,
        `InRange at 0: ${begin}, rebuilt`,
      ])
    })
  })
}

const midpoint = (_x: string, hx: string) => `Q((${hx} + ${hx}))`
twoStep("the midpoint rule", TwoStep.midpoint(space), null, {
  scaled: ["x", null],
  expected: (x, hx) => `(x + ${midpoint(x, hx)})`,
  added: midpoint,
  undone: (difference) => difference,
  pulled: "(db + db)",
  straight: "da",
  scaledCotangent: "db",
})

const verlet = (x: string, hx: string) => `((${x} + ${x}) + Q(${hx}))`
const negated = (x: string) => `(${zero(x)} - ${x})`
twoStep("leapfrog", TwoStep.leapfrog(space), null, {
  scaled: [negated("x"), null],
  expected: (x, hx) => `(${negated("x")} + ${verlet(x, hx)})`,
  added: verlet,
  undone: negated,
  pulled: "db",
  straight: "(da + (db + db))",
  scaledCotangent: `${both(-1)}*db`,
})

const lifted = `${both(1 / 2)}*(x + s(x)u)`
twoStep("a gamma of +-1/4", TwoStep.dyadic(space, 2), ["s", "t"], {
  scaled: [`${signs(1 / 2)}*(${lifted} + s(${lifted})u)`, ["s(x)", `s(${lifted})`]],
  expected: (x, hx) => `(${zero("x")} + D[${both(0)}](${x}, ${hx}))`,
  added: (x, hx) => `D[${signs(1 / 4)}](${x}, ${hx})`,
  undone: (difference) => `(${both(2)}*(${signs(2)}*${difference} - tu) - su)`,
  pulled: `${String(sign.map((s) => 1 + s / 4))}*db`,
  straight: `(da + ${String(sign.map((s) => 1 - s / 4))}*db)`,
  scaledCotangent: `${signs(1 / 4)}*db`,
})

it("block 0 frees the given state if its input was kept", async () => {
  const f = TwoStep.fromContextResidual(h, TwoStep.midpoint(space), 1)
  for (const plan of [Plan.taped, { "0": "keep" } as const]) {
    const [, side] = (await told(f.forward(["c", "x"]), [{ h: "h0" }], plan)).result
    const { result, freed } = await told(f.pullback(state, side, cotangent), [{ h: "h0" }], plan)
    expect(result.input).toEqual(["c", "x"])
    expect(freed).toContainEqual(["a", "b"])
  }
})
