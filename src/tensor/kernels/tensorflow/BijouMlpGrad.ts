/**
 * `BijouMlpGrad`: the gradient of `BijouMlp` by its five inputs.
 *
 * Inputs `x`, `a`, `w1`, `w2` and `dy`. Of stock operations `a` is a', and E is the input `sum`: with G = a' E, dG = dy (W2 / sqrt 2)^T and
 * da' = dG (a' exp(ln(2 / sqrt pi) - a'^2) + E).
 */
import { weightGrad } from "./BijouWeightGrad.ts"
import { float } from "./float.ts"
import { pulledBack } from "./mlp.ts"
import { onTensorflow, type Handle } from "./operations.ts"

export const bijouMlpGrad = onTensorflow("BijouMlpGrad", {
  library: pulledBack("BijouMlpGrad"),
  stock: (operations) => {
    const { give, hold, input, letGo } = operations
    const { add, columnSums, exp, matMul, mul, number, square, sub } = float(operations)
    const [x, a, sum] = ["x", "a", "sum"].map(input) as [Handle, Handle, Handle] // three names
    const [w1, w2, dy] = ["w1", "w2", "dy"].map(input) as [Handle, Handle, Handle] // as many
    const scaled = (w: Handle) => mul(w, number(Math.SQRT1_2))
    const dw2 = scaled(weightGrad(operations, mul(a, sum), dy))
    const density = mul(a, exp(sub(number(Math.log(2 / Math.sqrt(Math.PI))), square(a))))
    const slope = add(density, sum)
    const da = hold(mul(matMul(dy, scaled(w2), false, true), slope))
    const dw1 = scaled(weightGrad(operations, x, da))
    const db1 = scaled(columnSums(da))
    const dx = matMul(letGo(da), scaled(w1), false, true)
    return [dx, dw1, db1, dw2, columnSums(dy)].map(give)
  },
})
