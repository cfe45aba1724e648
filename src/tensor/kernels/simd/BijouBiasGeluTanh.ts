/** `BijouBiasGeluTanh`: what `BijouBiasGelu` does, with GELU by tanh, with the bits of `BijouGeluTanh`; x must be the caller's own. */
import { biasGelu } from "../wasm/biasGelu.ts"
import { geluTanh } from "../wasm/geluTanh.ts"

export const bijouBiasGeluTanh = biasGelu("BijouBiasGeluTanh", geluTanh)
