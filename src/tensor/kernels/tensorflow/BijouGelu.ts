/** `BijouGelu` on TensorFlow: x Phi(x). Input `x` (float32). */
import { activating, gelu } from "./gelu.ts"

export const bijouGelu = activating("BijouGelu", gelu)
