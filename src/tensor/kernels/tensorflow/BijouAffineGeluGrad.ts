/**
 * `BijouAffineGeluGrad`: the way back through gelu(a) W: da = (dy W^T) gelu'(a), and db, the sums of da over rows.
 *
 * Inputs `dy` (float32 [..., outputs]), `weight` ([inputs, outputs]) and `x`, which is a ([..., inputs]).
 */
import { onTensorflow } from "./operations.ts"

export const bijouAffineGeluGrad = onTensorflow("BijouAffineGeluGrad", {
  library: ({ give, input, runForAll }) =>
    runForAll("BijouAffineGeluGrad", ["dy", "weight", "x"].map(input), 2).map(give),
})
