import { allLaws, architectures, gradientLaws, planLaws, ownershipLaws, report, standard, batchLaws } from "bijou/laws"
import { tensorMaterial } from "bijou/laws/tensor"
import { useBackend } from "bijou/tensor"
import fc from "fast-check"
import { expect, it } from "vitest"
for (const b of ["wasm","cpu"] as const)
it("x" + b, async () => {
  await useBackend(b)
    for (const subject of fc.sample(architectures(tensorMaterial(9, [2,3,4])), { numRuns: 30, seed: 11 })) {
      for (const law of [...allLaws(gradientLaws(subject)), ...allLaws(planLaws(subject)), ...allLaws(ownershipLaws(subject))]) {
        const verdict = await law.judge({ ...standard, runs: 2 })
        if (verdict._tag !== "Holds") console.log(`${subject.name}: ${report(law.name, verdict)}`)
      }
    }
})
