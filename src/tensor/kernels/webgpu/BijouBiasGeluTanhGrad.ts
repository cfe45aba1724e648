/**
 * `BijouBiasGeluTanhGrad` on WebGPU: the gradients of GELU by tanh of x + bias, given a = x + bias: dx with the bits of `BijouGeluTanhGrad`, and
 * dbias = sum of dx over rows.
 *
 * Inputs `x` (a) and `dy` (float32 [..., width]). Outputs dx and dbias.
 */
import { inputOf } from "../cpu/fromTyped.ts"
import { geluTanhGrad } from "./BijouGeluTanhGrad.ts"
import { columnSums } from "./columnSums.ts"
import { onDevice } from "./Program.ts"

export const bijouBiasGeluTanhGrad = onDevice("BijouBiasGeluTanhGrad", (backend, inputs) => {
  const dx = geluTanhGrad(backend, inputOf(inputs, "x"), inputOf(inputs, "dy"))
  return [dx, columnSums(backend, dx)]
})
