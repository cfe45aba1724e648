/**
 * `BijouBiasGelu`: a = x + bias for every row, in place, and gelu(a) with the bits of `BijouGelu`; x must be the caller's own.
 *
 * Inputs `x` (float32 [..., width]) and `bias` (float32 [width]). Outputs a, which is the buffer of x, and gelu(a).
 */
import { biasGelu } from "../wasm/biasGelu.ts"
import { gelu } from "../wasm/normal.ts"

export const bijouBiasGelu = biasGelu("BijouBiasGelu", gelu)
