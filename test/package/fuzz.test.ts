/**
 * A short run of `npm run fuzz`, in this process.
 */
import { useBackend } from "bijou/tensor"
import { describe, expect, it } from "vitest"
import { inputOf } from "../../fuzz/mutate.ts"
import { readers } from "../../fuzz/readers/index.ts"
import { tryInput } from "../../fuzz/tryInput.ts"

const inputs = 200

for (const backend of ["cpu", "wasm"] as const)
  describe(`Almost valid bytes on ${backend}`, () => {
    it.each(readers)("are read or refused with a sentence, and leave no tensor: $name", async (reader) => {
      await useBackend(backend)
      const targets = await reader.targets()
      const faults: string[] = []
      for (let index = 0; index < inputs; index++) {
        const verdict = await tryInput(reader, targets, 1, index)
        if (verdict._tag !== "accepted" && verdict._tag !== "refused") faults.push(`${index}: ${verdict.what}`)
      }
      expect(faults).toEqual([])
    })
  })

it("Inputs are the same for the same seed and number, and different for others", async () => {
  await useBackend("cpu")
  for (const reader of readers) {
    const targets = await reader.targets()
    const bytes = (seed: number, index: number) => inputOf(reader.name, targets, seed, index).bytes
    expect(bytes(1, 5)).toEqual(bytes(1, 5))
    expect(
      new Set(Array.from({ length: 40 }, (_, i) => Buffer.from(bytes(2, i)).toString("hex"))).size,
    ).toBeGreaterThan(20)
  }
})
