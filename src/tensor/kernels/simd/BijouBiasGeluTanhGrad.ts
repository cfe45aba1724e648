/** `BijouBiasGeluTanhGrad`: what `BijouBiasGeluGrad` does, with GELU by tanh, with the bits of `BijouGeluTanhGrad`; both inputs must be the caller's own. */
import { biasGeluGrad } from "../wasm/biasGelu.ts"
import { geluTanhAndSlope } from "../wasm/geluTanh.ts"

export const bijouBiasGeluTanhGrad = biasGeluGrad("BijouBiasGeluTanhGrad", geluTanhAndSlope)
