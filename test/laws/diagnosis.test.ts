/**
 * A failure gives its reason, if it is known.
 */
import { either as E } from "fp-ts"
import { Bdia, identity, numberSpace, Params, Side, type Bijection, type Env } from "bijou"
import { arbitraries, numberLayer, type LawSet } from "bijou/laws"
import { allLaws, standard } from "../../laws/engine/Law.ts"
import { attacks } from "../../laws/attacks/index.ts"
import { batchLaws } from "../../laws/sets/Batch.ts"
import { bijectionLaws } from "../../laws/sets/Bijection.ts"
import { float32Layer } from "../../laws/subjects/specimens.ts"
import { layerLaws } from "../../laws/sets/Layer.ts"
import { float32ChainSubject } from "../../laws/subjects/subjects.ts"
import { floatTensor } from "bijou/laws/tensor"
import { fromTfjs, tf, useBackend } from "bijou/tensor"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

/** The reasons of all broken laws of some sets, by law. */
const reasonsOf = async (sets: ReadonlyArray<LawSet>): Promise<ReadonlyMap<string, ReadonlyArray<string>>> => {
  const reasons = new Map<string, ReadonlyArray<string>>()
  for (const law of sets.flatMap(allLaws)) {
    const verdict = await law.judge({ ...standard, runs: 50 })
    if (verdict._tag !== "Holds") reasons.set(law.name, verdict.reasons)
  }
  return reasons
}

const all = (reasons: ReadonlyMap<string, ReadonlyArray<string>>): string => [...reasons.values()].flat().join("\n")

const attackSets = (name: string): ReadonlyArray<LawSet> => {
  const found = attacks.find((attack) => attack.name === name)
  if (found === undefined) throw new Error(`There is no attack called ${name}.`)
  return found.sets
}

describe("the reason for a failure", () => {
  it.each([
    ["a cached inverse", /something is cached or missing from the side/],
    ["a float coupling", /not on the input's grid of \d+ fraction bits/],
    ["an over-range state", /\|x\| reached [\d.e+-]+, but the \d+ fraction bits of the input are exact only below \d+/],
    [
      "a negative zero",
      /The sign of a zero is lost, first at [^:]+: -0 \(80+\) and 0 \(0+\)|The sign of a zero is lost/,
    ],
    ["unseeded dropout", /returns other bits in its second call/],
    ["a disposed input", /forward frees its argument, which it only borrows/],
    ["an overwritten argument", /forward overwrites its argument/],
    ["normalization over the batch", /depends on the rest of the batch: compute statistics over one sample/],
    ["gamma by batch position", /depends on the position in the batch: address every draw by the sample's id/],
    ["another kernel in gradient mode", /The layer's vjp returns another value than its apply/],
    ["a wrong derivative", /is not the slope of the value/],
    ["gamma at inference", /Inference is the expectation/],
  ])("of %s is reported", async (name, sentence) => {
    expect(all(await reasonsOf(attackSets(name)))).toMatch(sentence)
  })

  it("of a side that is too small names the two inputs", async () => {
    const space = numberSpace(9)
    const halving: Bijection<{}, number, number, null> = {
      params: Params.none,
      side: Side.nothing,
      forward: (a) => () => E.right([Math.floor(a * 256) / 512, null]),
      inverse: (b) => () => E.right(2 * b),
      infer: (a) => () => E.right(Math.floor(a * 256) / 512),
      pullback: (b, _side, db) => () => E.right({ input: 2 * b, cotangent: db / 2, grads: {} }),
    }
    const subject = { bijection: halving, inputs: arbitraries.boundedGridNumber(space.grid, 8) }
    const reasons = await reasonsOf([bijectionLaws(subject)])
    expect([...reasons.keys()]).toContain("inverse after forward gives back the same bits")
    expect(all(reasons)).toMatch(/Two inputs, .* have the same output and the same side: the side contains too little/)
  })

  it("of hidden randomness names the call and the first kernel", async () => {
    await useBackend("cpu")
    let ticks = 0
    const layer = fromTfjs(Params.none, (_, x: tf.Tensor) =>
      tf
        .tanh(x)
        .mul(2)
        .add(ticks++ / 8),
    )
    const reasons = await reasonsOf([layerLaws({ layer, inputs: floatTensor([2, 3]) })])
    expect(reasons.get("two evaluations have the same bits")?.join("\n")).toMatch(
      /The layer's apply returns other bits in its second call, first at \[0\]: .*\n.*first kernel with another result is Add, number \d+ of \d+/,
    )
  })

  it("of a batch-dependent chain is found by the law of neighbors", async () => {
    const inner = float32Layer(4, 0)
    const mixing = {
      ...inner,
      apply: (...given: Parameters<typeof inner.apply>) => inner.apply(...given).map((y, _, all) => y + (all[0] ?? 0)),
    }
    const reasons = await reasonsOf([batchLaws(float32ChainSubject("mixing", { depth: 2, layer: mixing }))])
    expect(all(reasons)).toContain("depends on the rest of the batch")
  })

  it("is not invented: correct subjects have none, and an unknown cause is not named", async () => {
    const space = numberSpace(9)
    const honest = Bdia.fromResidual({ space, layer: numberLayer(0.25) }, 3)
    const inputs = arbitraries.boundedGridNumber(space.grid, 8)
    expect((await reasonsOf([bijectionLaws({ bijection: honest, inputs })])).size).toBe(0)
    const drawing = { ...identity<number>(), infer: (a: number) => (env: Env<{}>) => E.right(a + (env.key.low % 2)) }
    const reasons = await reasonsOf([bijectionLaws({ bijection: drawing, inputs: fc.nat() })])
    expect([...reasons]).toEqual([["inference uses no key", []]])
  })
})
