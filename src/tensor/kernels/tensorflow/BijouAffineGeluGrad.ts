/**
 * `BijouAffineGeluGrad`: the way back through gelu(a) W: da = (dy W^T) gelu'(a), and db, the sums of da over rows.
 *
 * Inputs `dy` (float32 [..., outputs]), `weight` ([inputs, outputs]) and `x`, which is a ([..., inputs]).
 */
import { affineGeluGrad } from "./affineGelu.ts"

export const bijouAffineGeluGrad = affineGeluGrad("BijouAffineGeluGrad")
