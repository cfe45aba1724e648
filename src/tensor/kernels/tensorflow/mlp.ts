/**
 * The MLP and its gradient. The stock operations support only the erf form of GELU.
 *
 * They return a' = a / sqrt 2 and E = 1 + erf a'. gelu(a) = a' E / sqrt 2, and both roots are folded into the weights.
 * gelu'(a) is half of a' exp(ln(2 / sqrt pi) - a'^2) + E, and the half is folded into W2.
 */
import type { GeluForm } from "../spec/gelu.ts"
import { mlp, mlpGrad } from "../spec/mlp.ts"
import { float } from "./float.ts"
import { pullWeight } from "./linear.ts"
import { onTensorflow, type Handle, type TensorflowKernel } from "./operations.ts"

/** The operations of the library. */
const OPERATIONS: Readonly<Record<GeluForm, { readonly value: string; readonly grad: string }>> = {
  erf: { value: "BijouMlp", grad: "BijouMlpGrad" },
  tanh: { value: "BijouMlpTanh", grad: "BijouMlpTanhGrad" },
}

export const mlpKernels: readonly TensorflowKernel[] = [
  onTensorflow(mlp, {
    library: ({ giveAll, inputs, runForAll }, { form }) =>
      giveAll(runForAll(OPERATIONS[form].value, inputs("x", "w1", "b1", "w2", "b2"), 2)),
    stock: (operations) => {
      const { giveAll, hold, inputs } = operations
      const { add, addBias, erf, matMul, mul, number } = float(operations)
      const [x, w1, b1, w2, b2] = inputs("x", "w1", "b1", "w2", "b2")
      const scaled = (w: Handle) => mul(w, number(Math.SQRT1_2))
      const a = hold(addBias(matMul(x, scaled(w1)), scaled(b1)))
      const sum = hold(add(erf(a), number(1)))
      return giveAll([addBias(matMul(mul(a, sum), scaled(w2)), b2), a, sum])
    },
    stockCovers: ({ form }) => form === "erf",
  }),
  onTensorflow(mlpGrad, {
    library: ({ giveAll, inputs, runForAll }, { form }) =>
      giveAll(runForAll(OPERATIONS[form].grad, inputs("x", "a", "w1", "w2", "dy"), 5)),
    stock: (operations) => {
      const { giveAll, hold, inputs, letGo } = operations
      const { add, columnSums, exp, matMul, mul, number, square, sub } = float(operations)
      const [x, a, sum, w1, w2, dy] = inputs("x", "a", "sum", "w1", "w2", "dy")
      const dw2 = mul(pullWeight(operations, mul(a, sum), dy), number(Math.SQRT1_2))
      const density = mul(a, exp(sub(number(Math.log(2 / Math.sqrt(Math.PI))), square(a))))
      const slope = add(density, sum)
      const da = hold(mul(matMul(dy, mul(w2, number(0.5)), false, true), slope))
      const dw1 = pullWeight(operations, x, da)
      const db1 = columnSums(da)
      const dx = matMul(letGo(da), w1, false, true)
      return giveAll([dx, dw1, db1, dw2, columnSums(dy)])
    },
    stockCovers: ({ form }) => form === "erf",
  }),
]
