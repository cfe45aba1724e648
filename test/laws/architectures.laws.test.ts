/**
 * Random architectures are rich, and shrink to simple ones.
 */
import { Params } from "bijou"
import { architectures, type Architecture } from "../../laws/sets/Architecture.ts"
import { float32Material, numberMaterial } from "../../laws/engine/Material.ts"
import { tensorMaterial } from "../../laws/tensor/tensorMaterial.ts"
import fc from "fast-check"
import { expect, it } from "vitest"

type Made = Pick<Architecture<number>, "depth" | "chain" | "kept">

const kinds: Readonly<Record<string, fc.Arbitrary<Made>>> = {
  numbers: architectures(numberMaterial(9)),
  arrays: architectures(float32Material(9, 4)),
  tensors: architectures(tensorMaterial(9, [2, 3, 4])),
}

const isRich = ({ depth, chain, kept }: Made): boolean => depth >= 3 && chain >= 2 && kept >= 1

for (const [kind, arbitrary] of Object.entries(kinds))
  it(`at least half of the architectures on ${kind} have three parts, a chain of two blocks and a kept layer`, () => {
    const lines: string[] = []
    const classes = (one: Made) => [
      isRich(one) ? "depth >= 3, a chain >= 2 and a keep" : "simpler",
      `depth ${one.depth}`,
      `longest chain ${one.chain}`,
    ]
    fc.statistics(arbitrary, classes, { numRuns: 1000, seed: 3, logger: (line) => void lines.push(line) })
    console.log([`architectures on ${kind}`, ...lines].join("\n"))
    expect(fc.sample(arbitrary, { numRuns: 1000, seed: 3 }).filter(isRich).length).toBeGreaterThanOrEqual(500)
  })

it("no architecture is without parameters", () => {
  for (const { name, bijection } of fc.sample(architectures(numberMaterial(9)), { numRuns: 500, seed: 4 })) {
    const leaves = bijection.params.leaves(bijection.params.init({ low: 1, high: 2 }))
    expect(leaves.length, name).toBeGreaterThan(0)
  }
  expect(Params.none.leaves({})).toEqual([])
})

it("an architecture shrinks to one part", () => {
  const found = fc.check(
    fc.property(architectures(numberMaterial(9)), ({ chain }) => chain < 2),
    { seed: 5 },
  )
  const [simplest] = found.counterexample ?? []
  expect(simplest?.name).toBe("2 BDIA blocks of tanh with dropout 0, on numbers of 9 fraction bits")
})
