/**
 * Couplings on expressions: what docs/specification.md, section 8, makes them compute in every direction, what they
 * claim, and what they free.
 */
import { Coupling, Plan } from "bijou"
import { describe, expect, it } from "vitest"
import { context, layer, space, told } from "./expressions.ts"
import { cotangent, enters, leaves, line, nothing, state, value } from "./familyExpressions.ts"

describe("a coupling", () => {
  const f = Coupling.fromContextResiduals({ space, context, f: layer, g: layer }, 1)
  const weights = [{ f: "f", g: "g" }]
  const sides = [[nothing, nothing]] as const
  const [fOf, gOf] = [(x: string) => value("f", x, "0", "f"), (x: string) => value("g", x, "0", "g")]

  it("adds f of the second half, then g of the first", async () => {
    const { result, claims, freed } = await told(f.forward(state), weights)
    const a = `(a + Q(${fOf("b")}))`
    const b = `(b + Q(${gOf(a)}))`
    expect(result).toEqual([["c", [a, b]], sides])
    expect(claims.map(line)).toEqual([
      ...enters("", "a"),
      ...enters("", "b"),
      `InRange at 0/f: ${a}`,
      `InRange at 0/g: ${b}`,
    ])
    expect(freed).toEqual(expect.arrayContaining([fOf("b"), gOf(a)]))
  })

  const b = `(b - Q(${gOf("a")}))`
  const a = `(a - Q(${fOf(b)}))`

  it("subtracts g, then f", async () => {
    const { result, claims } = await told(f.inverse(state, sides), weights)
    expect(result).toEqual(["c", [a, b]])
    expect(claims.map(line)).toEqual([`Rebuilt at 0/g: ${b}`, `Rebuilt at 0/f: ${a}`])
  })

  it("computes the same at inference, without a draw", async () => {
    const { result, claims } = await told(f.infer(state), weights)
    expect(result).toEqual(["c", ["(a + Q(f(c, b)))", "(b + Q(g(c, (a + Q(f(c, b))))))"]])
    expect(claims.map(line)).toEqual([
      ...enters("", "a"),
      ...enters("", "b"),
      "InRange at 0/f: (a + Q(f(c, b)))",
      "InRange at 0/g: (b + Q(g(c, (a + Q(f(c, b))))))",
    ])
  })

  it("pulls a cotangent back through g, then through f", async () => {
    const { result, claims } = await told(f.pullback(state, sides, cotangent), weights)
    const da = "(da + jx_g[db])"
    expect(result).toEqual({
      input: ["c", [a, b]],
      cotangent: [`((dc & jc_g[db]) & jc_f[${da}])`, [da, `(db + jx_f[${da}])`]],
      grads: [{ f: `jp_f[${da}]`, g: "jp_g[db]" }],
    })
    expect(claims.map(line)).toEqual([
      ...leaves,
      `Rebuilt at 0/g: ${b}`,
      `Rebuilt at 0/f: ${a}`,
      `InRange at : ${a}, rebuilt`,
      `InRange at : ${b}, rebuilt`,
    ])
  })

  it("claims nothing in the inverse of an end that was kept", async () => {
    const claimed = async (plan: Plan) => {
      const [after, held] = (await told(f.forward(state), weights, plan)).result
      const pulled = await told(f.pullback(after, held, cotangent), weights, plan)
      expect(pulled.result.input[0]).toBe("c")
      return pulled.claims.map(({ _tag }) => _tag)
    }
    expect(await claimed(Plan.taped)).toEqual([])
    expect(await claimed({ "": "keep" })).toEqual([])
    expect(await claimed({ "0/f": "tape" })).toEqual(["Same", "Same", "Rebuilt"])
    expect(await claimed({ "0/g": "keep" })).toEqual(["Rebuilt", "InRange", "InRange"])
    const two = Coupling.fromContextResiduals({ space, context, f: layer, g: layer }, 2)
    const both = [...weights, ...weights]
    const [end, side] = (await told(two.forward(state), both, { "1/g": "tape" })).result
    expect((await told(two.pullback(end, side, cotangent), both)).claims.map(({ _tag }) => _tag)).not.toContain("Same")
    const none = Coupling.fromContextResiduals({ space, context, f: layer, g: layer }, 0)
    expect((await told(none.pullback(state, [], cotangent), [])).claims).toEqual([])
  })
})
