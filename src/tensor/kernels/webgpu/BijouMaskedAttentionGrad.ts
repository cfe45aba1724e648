/**
 * `BijouMaskedAttentionGrad` on WebGPU: the gradient of `BijouMaskedAttention` by qkv, as `BijouAttentionGrad` is computed; dS is 0 for padding.
 *
 * Inputs `qkv` (float32 [batch, time, 3 heads size]), `seen` (int32 [batch, time], 0 for padding) and `dy` (float32 [batch, time, heads size]),
 * attributes `heads` and `causal` (1 or 0). Output float32 in the shape of qkv.
 */
import { pullingBack } from "./attentionGrad.ts"

export const bijouMaskedAttentionGrad = pullingBack("BijouMaskedAttentionGrad", "seen")
