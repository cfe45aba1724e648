/**
 * `BijouAttention`: softmax(q k^T / sqrt(size)) v for every sample and head, one after the other, so that only one matrix of weights is alive.
 *
 * Input `qkv` (float32 [batch, time, 3 heads size]), attributes `heads` and `causal` (1 or 0). Output float32 [batch, time, heads size].
 */
import { mixing } from "../wasm/attention.ts"

export const bijouAttention = mixing("BijouAttention", "all")
