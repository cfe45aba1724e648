/** `BijouAttentionGrad` on TensorFlow; see the wasm kernel of this name. Stock operations take `q`, `k`, `v` and `weights` in place of `qkv`. */
import { pullingBack } from "./attentionGrad.ts"

export const bijouAttentionGrad = pullingBack("BijouAttentionGrad", "all")
