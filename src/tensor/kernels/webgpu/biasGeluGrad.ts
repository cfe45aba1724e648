/**
 * `BijouBiasGeluGrad` on WebGPU: the gradients of gelu(x + bias), given a = x + bias: dx = dy gelu'(a), with the bits of `BijouGeluGrad`, and
 * dbias = sum of dx over rows.
 *
 * Inputs `x` (a) and `dy` (float32 [..., width]). Outputs dx and dbias.
 */
import { inputOf } from "../cpu/fromTyped.ts"
import { geluGrad } from "./geluGrad.ts"
import { columnSums } from "./columnSums.ts"
import { onDevice } from "./Program.ts"

export const bijouBiasGeluGrad = onDevice("BijouBiasGeluGrad", (backend, inputs) => {
  const dx = geluGrad(backend, inputOf(inputs, "x"), inputOf(inputs, "dy"))
  return [dx, columnSums(backend, dx)]
})
