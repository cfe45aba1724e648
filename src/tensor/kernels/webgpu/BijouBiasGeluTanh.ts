/**
 * `BijouBiasGeluTanh` on WebGPU: a = x + bias for every row, and GELU by tanh of a, with the bits of `BijouAddBias` and `BijouGeluTanh`.
 *
 * Inputs `x` (float32 [..., width]) and `bias` (float32 [width]). Outputs a and the activation.
 */
import { inputOf } from "../cpu/fromTyped.ts"
import { addBias } from "./columns.ts"
import { geluTanh } from "./BijouGeluTanh.ts"
import { onDevice } from "./Program.ts"

export const bijouBiasGeluTanh = onDevice("BijouBiasGeluTanh", (backend, inputs) => {
  const a = addBias(backend, inputOf(inputs, "x"), inputOf(inputs, "bias"))
  return [a, geluTanh(backend, a)]
})
