/**
 * `BijouMaskedAttention`: `BijouAttention` to the tokens that are seen; a token within whose reach there is only padding looks at all of it alike.
 *
 * Inputs `qkv` (float32 [batch, time, 3 heads size]) and `seen` (int32 [batch, time], 0 for padding), attributes `heads` and `causal` (1 or 0).
 * Output float32 [batch, time, heads size].
 */
import { mixing } from "../wasm/attention.ts"

export const bijouMaskedAttention = mixing("BijouMaskedAttention", "seen")
