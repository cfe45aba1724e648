/**
 * `BijouAttention` on WebGPU: softmax(q k^T / sqrt(size)) v for every sample and head, within 3e-6 of the largest value.
 *
 * Input `qkv` (float32 [batch, time, 3 heads size]), attributes `heads` and `causal` (1 or 0). Output float32 [batch, time, heads size].
 */
import { mixing } from "./attention.ts"

export const bijouAttention = mixing("BijouAttention", "all")
