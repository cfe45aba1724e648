/**
 * `BijouMlp`: W2 gelu(W1 x + b1) + b2, and what the gradient needs: a = W1 x + b1, or of stock operations a' = a / sqrt 2 and E = 1 + erf a'.
 *
 * gelu(a) = a' E / sqrt 2, and both roots ride on the weights. Inputs `x` (float32 [..., inputs]), `w1` ([inputs, hidden]), `b1`, `w2`
 * ([hidden, outputs]) and `b2`. Outputs float32 [..., outputs], and once or twice [..., hidden].
 */
import { float } from "./float.ts"
import { evaluated } from "./mlp.ts"
import { onTensorflow, type Handle } from "./operations.ts"

export const bijouMlp = onTensorflow("BijouMlp", {
  library: evaluated("BijouMlp"),
  stock: (operations) => {
    const { give, hold, input } = operations
    const { add, addBias, erf, matMul, mul, number } = float(operations)
    const [x, w1, b1, w2, b2] = ["x", "w1", "b1", "w2", "b2"].map(input) as [Handle, Handle, Handle, Handle, Handle] // five names
    const scaled = (w: Handle) => mul(w, number(Math.SQRT1_2))
    const a = hold(addBias(matMul(x, scaled(w1)), scaled(b1)))
    const sum = hold(add(erf(a), number(1)))
    return [addBias(matMul(mul(a, sum), scaled(w2)), b2), a, sum].map(give)
  },
})
