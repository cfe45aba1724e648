/**
 * `BijouMlpGrad`: the gradient of `BijouMlp` by its five inputs.
 *
 * Inputs `x`, `a`, `w1`, `w2` and `dy`. Of stock operations `a` is a', and E is the input `sum`: gelu'(a) is half of
 * a' exp(ln(2 / sqrt pi) - a'^2) + E, and the half rides on W2.
 */
import { weightGrad } from "./weightGrad.ts"
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
    const dw2 = mul(weightGrad(operations, mul(a, sum), dy), number(Math.SQRT1_2))
    const density = mul(a, exp(sub(number(Math.log(2 / Math.sqrt(Math.PI))), square(a))))
    const slope = add(density, sum)
    const da = hold(mul(matMul(dy, mul(w2, number(0.5)), false, true), slope))
    const dw1 = weightGrad(operations, x, da)
    const db1 = columnSums(da)
    const dx = matMul(letGo(da), w1, false, true)
    return [dx, dw1, db1, dw2, columnSums(dy)].map(give)
  },
})
