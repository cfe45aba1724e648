/** `BijouGeluGrad` on TensorFlow: dy (Phi(x) + x phi(x)). Inputs `x` and `dy` (float32). */
import { geluSlope, pullingActivation } from "./gelu.ts"

export const bijouGeluGrad = pullingActivation("BijouGeluGrad", geluSlope)
