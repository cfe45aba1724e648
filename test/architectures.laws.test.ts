/**
 * Whole random architectures obey every law, on numbers and on Float32Arrays.
 */
import {
  allLaws,
  architectures,
  float32Material,
  gradientLaws,
  numberMaterial,
  planLaws,
  report,
  standard,
} from "bijou/laws"
import fc from "fast-check"
import { expect, it } from "vitest"

const material = numberMaterial(9)

it("architectures are rich", () => {
  const found = fc.sample(architectures(material), { numRuns: 1000, seed: 3 })
  const lines: string[] = []
  fc.statistics(
    architectures(material),
    ({ depth, chain, kept }) => [
      depth >= 3 && chain >= 2 && kept >= 1 ? "depth >= 3, a chain of >= 2 and a kept layer" : "simpler",
    ],
    { numRuns: 1000, seed: 3, logger: (line) => lines.push(line) },
  )
  console.log(lines.join("\n"))
  const rich = found.filter(({ depth, chain, kept }) => depth >= 3 && chain >= 2 && kept >= 1)
  expect(rich.length).toBeGreaterThan(500)
})

it("x", async () => {
  for (const m of [architectures(material), architectures(float32Material(9, 4))] as const)
    for (const subject of fc.sample(m as fc.Arbitrary<any>, { numRuns: 60, seed: 11 }))
      for (const law of [...allLaws(gradientLaws(subject)), ...allLaws(planLaws(subject))]) {
        const verdict = await law.judge({ ...standard, runs: 3 })
        expect(verdict._tag === "Holds" ? "" : `${subject.name}: ${report(law.name, verdict)}`).toBe("")
      }
})
