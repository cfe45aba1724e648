/** `BijouGeluTanhGrad` on TensorFlow; see the wasm kernel of this name. */
import { geluTanhSlope, pullingActivation } from "./gelu.ts"

export const bijouGeluTanhGrad = pullingActivation("BijouGeluTanhGrad", geluTanhSlope)
