/**
 * `BijouBiasGelu` on WebGPU: a = x + bias for every row, and gelu(a), with the bits of `BijouAddBias` and `BijouGelu`.
 *
 * Inputs `x` (float32 [..., width]) and `bias` (float32 [width]). Outputs a and gelu(a).
 */
import { inputOf } from "../cpu/fromTyped.ts"
import { addBias } from "./columns.ts"
import { gelu } from "./gelu.ts"
import { onDevice } from "./Program.ts"

export const bijouBiasGelu = onDevice("BijouBiasGelu", (backend, inputs) => {
  const a = addBias(backend, inputOf(inputs, "x"), inputOf(inputs, "bias"))
  return [a, gelu(backend, a)]
})
