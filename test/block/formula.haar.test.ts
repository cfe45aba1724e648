/**
 * Haar wavelets on expressions: what they compute in every direction, what they claim, and what they free.
 */
import { haar } from "bijou"
import { describe, expect, it } from "vitest"
import { space, told } from "./expressions.ts"
import { both, line } from "./familyExpressions.ts"

describe("mean and difference", () => {
  const f = haar(space)

  it("are whole steps, and come back", async () => {
    const there = await told(f.forward(["a", "b"]), {})
    expect(there.result).toEqual([["(b + ((a - b) div 2))", "(a - b)"], null])
    const infer = await told(f.infer(["a", "b"]), {})
    expect(infer.result).toEqual(there.result[0])
    for (const { claims } of [there, infer]) expect(claims.map(line)).toEqual(["InRange at : (a - b)"])
    const back = await told(f.inverse(["m", "d"], null), {})
    expect(back.result).toEqual(["(d + (m - (d div 2)))", "(m - (d div 2))"])
    expect(back.claims).toEqual([])
  })

  it("pull a cotangent back as half of each, and consume it", async () => {
    const { result, claims, freed } = await told(f.pullback(["m", "d"], null, ["dm", "dd"]), {})
    const [a, b] = ["(d + (m - (d div 2)))", "(m - (d div 2))"]
    const half = `${both(1 / 2)}*dm`
    expect(result).toEqual({ input: [a, b], cotangent: [`(${half} + dd)`, `(${half} - dd)`], grads: {} })
    expect(claims.map(line)).toEqual([`Rebuilt at : ${a}`, `Rebuilt at : ${b}`])
    expect(freed).toEqual([[["m", "d"], "dm", "dd"]])
  })
})
