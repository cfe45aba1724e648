/**
 * Arithmetic and bytes in the catalogue.
 */
import fc from "fast-check"
import { Key } from "../../src/core/Key.ts"
import { Linear } from "../../src/residual/Linear.ts"
import { parameterSide } from "../../src/tensor/values/parameterSide.ts"
import { float32TensorSide, int32TensorSide } from "../../src/tensor/values/tensorSide.ts"
import { tensorSpace } from "../../src/tensor/values/tensorSpace.ts"
import { tf } from "../../src/tensor/tf.ts"
import type { LawSet } from "../engine/Law.ts"
import { sideLaws } from "../sets/Side.ts"
import { spaceLaws } from "../sets/Space.ts"
import { floatTensor, gridTensor, idTensor } from "./arbitraries.ts"
import type { Entry } from "./Entry.ts"

/** Entries for the arithmetic and the bytes of tensors. */
export const values = (): ReadonlyArray<Entry> => {
  const space = tensorSpace(9)
  const shape = [2, 3, 4]
  const planes = fc.array(fc.constantFrom(0, 1), { minLength: 24, maxLength: 24 }).map((bits) => {
    const x = tf.tensor(
      bits.map((bit) => bit * space.grid.step),
      shape,
    )
    const plane = space.parity(x)
    x.dispose()
    return plane
  })
  const params = Linear.params(3, 2, 0.5)
  const entry = (name: string, set: LawSet): Entry => ({
    name,
    covers: [],
    onDevice: true,
    cost: "device",
    set: async () => set,
  })
  return [
    ...(["a few elements", "whole words of parities"] as const).map((size) => {
      const name = `the space of tensors, samples of ${size}`
      const elements = size === "a few elements" ? shape : [2, 3, 32]
      return entry(
        name,
        spaceLaws({
          name,
          space,
          values: gridTensor(space, elements, space.grid.limit / 8),
          others: floatTensor(elements),
          gammas: fc.tuple(fc.constantFrom(0.5, -0.5), fc.constantFrom(0.5, -0.5)),
        }),
      )
    }),
    entry("planes", sideLaws({ name: "a plane", side: space.bit, values: planes })),
    entry("activations", sideLaws({ name: "an activation", side: space.value, values: gridTensor(space, shape) })),
    entry("floats", sideLaws({ name: "floats", side: float32TensorSide(null), values: floatTensor(shape) })),
    entry("token ids", sideLaws({ name: "token ids", side: int32TensorSide, values: idTensor(shape, 50257) })),
    entry(
      "parameters",
      sideLaws({
        name: "parameters",
        side: parameterSide(params),
        values: fc.maxSafeNat().map((seed) => params.init(Key.fromSeed(seed))),
      }),
    ),
  ]
}
