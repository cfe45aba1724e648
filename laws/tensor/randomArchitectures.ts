/**
 * Random architectures in the catalogue, on random grids and shapes.
 */
import fc from "fast-check"
import { architectureLaws } from "../sets/Architecture.ts"
import { float32Material, numberMaterial, type Material } from "../engine/Material.ts"
import type { Entry } from "./Entry.ts"
import { tensorMaterial } from "./tensorMaterial.ts"

/** On numbers, on Float32Arrays, and on tensors. */
export const randomArchitectures = (): ReadonlyArray<Entry> => {
  const entry = <X, Bit>(kind: string, onDevice: boolean, materials: fc.Arbitrary<Material<X, Bit>>): Entry => ({
    name: `random architectures on ${kind}`,
    covers: [],
    onDevice,
    cost: "architecture",
    set: async () => architectureLaws(`random architectures on ${kind}`, materials),
  })
  const bits = fc.integer({ min: 5, max: 12 })
  const shapes = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }), fc.constantFrom(2, 4, 6))
  return [
    entry("numbers", false, bits.map(numberMaterial)),
    entry(
      "Float32Arrays",
      false,
      fc.tuple(bits, fc.integer({ min: 1, max: 5 })).map(([l, width]) => float32Material(l, width)),
    ),
    entry(
      "tensors",
      true,
      fc.tuple(bits, shapes).map(([l, shape]) => tensorMaterial(l, shape)),
    ),
  ]
}
