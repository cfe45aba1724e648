/**
 * Chains with an information buffer on expressions, a gamma of +-3/5 and momentum: what they compute in every
 * direction, what they claim, and what they free.
 */
import { Momentum, Rational } from "bijou"
import { describe, expect, it } from "vitest"
import { told } from "./expressions.ts"
import {
  both,
  cotangent,
  enters,
  h,
  leaves,
  line,
  nothing,
  params,
  ratio,
  sign,
  signs,
  state,
  value,
  zero,
} from "./familyExpressions.ts"

/** 3/5 of x through a buffer of digits B, and its inverse. */
const scaled = (x: string, digits: string) => {
  const within = `(${both(5)}*${digits} + (${x} mod 5))`
  return { x: `(${both(3)}*(${x} div 5) + (${within} mod 3))`, digits: `(${within} div 3)` }
}
const unscaled = (x: string) => {
  const within = `(${both(3)}*B + (${x} mod 3))`
  return { x: `(${both(5)}*(${x} div 3) + (${within} mod 5))`, digits: `(${within} div 5)` }
}
const buffer = { steps: 1, digits: "B" }

describe("a gamma of +-3/5", () => {
  const f = Rational.fromContextResidual(h, ratio, 2)
  const sides = [[nothing, [[null, nothing]]], buffer] as const
  const drift = (x: string, hx: string) => `D[${signs(3 / 5)}](${x}, ${hx})`
  const difference = `(b - ${drift("a", value("h1", "a", "1"))})`
  const before = unscaled(`${signs(1)}*${difference}`)
  const empty = `Same at 0: ${before.digits} is ${zero(before.digits)}`

  it("scales the activation before the last through the buffer, which becomes side information", async () => {
    const { result, claims } = await told(f.forward(["c", "x"]), params)
    const one = `(x + Q(${value("h0", "x", "0")}))`
    const after = scaled("x", zero("x"))
    const two = `(${signs(1)}*${after.x} + ${drift(one, value("h1", one, "1"))})`
    expect(result).toEqual([
      ["c", [one, two]],
      [[nothing, [[null, nothing]]], { steps: 1, digits: after.digits }],
    ])
    expect(claims.map(line)).toEqual([...enters("0", "x"), `InRange at 0: ${one}`, `InRange at 1: ${two}`])
  })

  it("scales back, to an empty buffer", async () => {
    const { result, claims } = await told(f.inverse(state, sides), params)
    expect(result).toEqual(["c", before.x])
    expect(claims.map(line)).toEqual([`Rebuilt at 1: ${difference}`, empty])
    const full = [sides[0], { steps: 2, digits: "B" }] as const
    await expect(told(f.inverse(state, full), params)).rejects.toMatchObject({ _tag: "Irreversible", path: ["0"] })
  })

  it("is the plain network at inference", async () => {
    const { result } = await told(f.infer(["c", "x"]), params)
    const one = "(x + Q(h0(c, x)))"
    expect(result).toEqual(["c", [one, `(${zero("x")} + D[${both(0)}](${one}, h1(c, ${one})))`]])
  })

  it("pulls a cotangent back, and claims an empty buffer", async () => {
    const { result, claims } = await told(f.pullback(state, sides, cotangent), params)
    const pulled = `${String(sign.map((s) => 1 + s * (3 / 5)))}*db`
    const dx = `((da + ${String(sign.map((s) => 1 - s * (3 / 5)))}*db) + jx_h1[${pulled}])`
    expect(result).toEqual({
      input: ["c", before.x],
      cotangent: [`((dc & jc_h1[${pulled}]) & jc_h0[${dx}])`, `((${signs(3 / 5)}*db + ${dx}) + jx_h0[${dx}])`],
      grads: [{ h: `jp_h0[${dx}]` }, { h: `jp_h1[${pulled}]` }],
    })
    expect(claims.map(line)).toEqual([
      ...leaves,
      `Rebuilt at 1: ${difference}`,
      empty,
      `Same at 0: (${before.x} + Q(${value("h0", before.x, "0")})) is a`,
      `InRange at 0: ${before.x}, rebuilt`,
    ])
    const full = [sides[0], { steps: 2, digits: "B" }] as const
    await expect(told(f.pullback(state, full, cotangent), params)).rejects.toMatchObject({ _tag: "Irreversible" })
  })
})

describe("a buffer that lasts two steps", () => {
  const wide = { n: 1, d: 4095 }
  const f = Rational.fromContextResidual(h, wide, 4)
  const weights = ["h0", "h1", "h2", "h3"].map((name) => ({ h: name }))

  it("becomes side information before the third, which begins with a new one, and is restored to it", async () => {
    const [after, side] = (await told(f.forward(["c", "x"]), weights)).result
    const [[, blocks], last] = side
    expect(last.steps).toBe(1)
    expect(blocks.map(([spilled]) => spilled === null)).toEqual([true, true, false])
    const { claims } = await told(f.inverse(after, side), weights)
    expect(claims.filter(({ _tag }) => _tag === "Same").map(({ place }) => place.path)).toEqual([["3"], ["0"]])
  })
})

// -------------------------------------------------------------- momentum

describe("momentum 3/5", () => {
  const f = Momentum.fromContextResidual(h, ratio, 1)
  const sides = [[[null, nothing]], buffer] as const
  const share = both(1 - 3 / 5)
  const added = (hx: string) => `Q(${share}*${hx})`
  const x = "(a - b)"
  const slower = `(b - ${added(value("h0", x, "0"))})`
  const before = unscaled(`${both(1)}*${slower}`)
  const empty = `Same at : ${before.digits} is ${zero(before.digits)}`

  it("scales the velocity, adds to it, and moves", async () => {
    const { result, claims } = await told(f.forward(["c", "x"]), [{ h: "h0" }])
    const rest = zero("x")
    const after = scaled(rest, zero(rest))
    const v = `(${both(1)}*${after.x} + ${added(value("h0", "x", "0"))})`
    expect(result).toEqual([
      ["c", [`(x + ${v})`, v]],
      [[[null, nothing]], { steps: 1, digits: after.digits }],
    ])
    expect(claims.map(line)).toEqual([...enters("", "x"), `InRange at 0: ${v}`, `InRange at 0: (x + ${v})`])
  })

  it("moves back, and takes away", async () => {
    const { result, claims } = await told(f.inverse(state, sides), [{ h: "h0" }])
    expect(result).toEqual(["c", x])
    expect(claims.map(line)).toEqual([`Rebuilt at 0: ${x}`, `Rebuilt at 0: ${slower}`, empty])
  })

  it("rounds what it scales at inference", async () => {
    const { result, claims } = await told(f.infer(["c", "x"]), [{ h: "h0" }])
    const v = `(Q(${both(3 / 5)}*${zero("x")}) + ${added("h0(c, x)")})`
    expect(result).toEqual(["c", [`(x + ${v})`, v]])
    expect(claims.map(line)).toEqual([...enters("", "x"), `InRange at 0: ${v}`, `InRange at 0: (x + ${v})`])
  })

  it("pulls a cotangent back, and claims that all was at rest", async () => {
    const { result, claims, freed } = await told(f.pullback(state, sides, cotangent), [{ h: "h0" }])
    const dv = "(db + da)"
    expect(result).toEqual({
      input: ["c", x],
      cotangent: [`(dc & jc_h0[${share}*${dv}])`, `(da + jx_h0[${share}*${dv}])`],
      grads: [{ h: `jp_h0[${share}*${dv}]` }],
    })
    expect(claims.map(line)).toEqual([
      "Same at : Q(b) is b",
      "Same at : Q(a) is a",
      `Rebuilt at 0: ${x}`,
      `Rebuilt at 0: ${slower}`,
      empty,
      `Same at : ${before.x} is ${zero(before.x)}`,
      `InRange at : ${x}, rebuilt`,
    ])
    expect(freed).toContainEqual([before.x, `${both(3 / 5)}*${dv}`])
    expect(freed).toContainEqual(["a", "db"])
  })
})
