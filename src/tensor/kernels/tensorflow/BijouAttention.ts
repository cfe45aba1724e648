/** `BijouAttention` on TensorFlow; see the wasm kernel of this name. Stock operations also give queries, keys, values and weights. */
import { mixing } from "./attention.ts"

export const bijouAttention = mixing("BijouAttention", "all")
