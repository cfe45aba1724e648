/**
 * `BijouBiasGeluGrad`: the gradients of gelu(x + bias), given a = x + bias: dx = dy gelu'(a), with the bits of `BijouGeluGrad`, and
 * dbias = sum of dx over rows. dx is written over dy and gelu(a), which the gradient of the next weight needs, over a: both must be the
 * caller's own.
 *
 * Inputs `x` (a) and `dy` (float32 [..., width]). Outputs dx, which is the buffer of dy, dbias, and gelu(a), which is that of x.
 */
import { biasGeluGrad } from "../wasm/biasGelu.ts"
import { geluAndSlope } from "../wasm/normal.ts"

export const bijouBiasGeluGrad = biasGeluGrad("BijouBiasGeluGrad", geluAndSlope)
