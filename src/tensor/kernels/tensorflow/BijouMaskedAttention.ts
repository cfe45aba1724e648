/** `BijouMaskedAttention` on TensorFlow; see the wasm kernel of this name. Stock operations give what those of `BijouAttention` do. */
import { mixing } from "./attention.ts"

export const bijouMaskedAttention = mixing("BijouMaskedAttention", "seen")
