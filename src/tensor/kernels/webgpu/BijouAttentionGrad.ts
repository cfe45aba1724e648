/**
 * `BijouAttentionGrad` on WebGPU: the gradient of `BijouAttention`, which computes the weights P again. For every sample and head
 *
 *     dv = P^T dy,   dP = dy v^T,   dS = P (dP - sum of P dP over a row) / sqrt(size),   dq = dS k,   dk = dS^T q
 *
 * Inputs `qkv` (float32 [batch, time, 3 heads size]) and `dy` (float32 [batch, time, heads size]), attributes `heads` and `causal` (1 or 0).
 * Output float32 in the shape of qkv, within 5e-6 of the largest value.
 */
import { pullingBack } from "./attentionGrad.ts"

export const bijouAttentionGrad = pullingBack("BijouAttentionGrad", "all")
