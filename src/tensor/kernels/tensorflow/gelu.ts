/**
 * GELU and its gradient in both forms. The stock operations of the tanh form use (1 + tanh u) / 2 = 1 / (1 + exp(-2
 * u)).
 */
import { CUBIC, gelu, geluGrad, SLOPE, type GeluForm } from "../spec/gelu.ts"
import { float } from "./float.ts"
import { onTensorflow, type Handle, type Operations, type TensorflowKernel } from "./operations.ts"

// ---------------------------------------------------------------- model

/** An elementwise function composed of stock operations. */
type Elementwise = (operations: Operations, x: Handle) => Handle

// ------------------------------------------------------------ instances

export const geluKernels: readonly TensorflowKernel[] = [
  onTensorflow(gelu, {
    library: ({ give, inputs, run }, { form }) => give(run(OPERATIONS[form].value, inputs("x"))),
    stock: (operations, { form }) => operations.give(FORMS[form].value(operations, operations.input("x"))),
  }),
  onTensorflow(geluGrad, {
    library: ({ give, inputs, run }, { form }) => give(run(OPERATIONS[form].grad, inputs("x", "dy"))),
    stock: (operations, { form }) => {
      const { give, input } = operations
      return give(float(operations).mul(input("dy"), FORMS[form].slope(operations, input("x"))))
    },
  }),
]

/** The operations of the library. */
const OPERATIONS: Readonly<Record<GeluForm, { readonly value: string; readonly grad: string }>> = {
  erf: { value: "BijouGelu", grad: "BijouGeluGrad" },
  tanh: { value: "BijouGeluTanh", grad: "BijouGeluTanhGrad" },
}

/** Computes Phi(x). */
const cumulative: Elementwise = (operations, x) => {
  const { add, erf, mul, number } = float(operations)
  return mul(add(erf(mul(x, number(Math.SQRT1_2))), number(1)), number(0.5))
}

/** Computes 1 + exp(-2 u) with u = sqrt(2/pi) (x + 0.044715 x^3), given x and its square. */
const lack = (operations: Operations, x: Handle, squared: Handle): Handle => {
  const { add, exp, mul, number } = float(operations)
  const u = mul(x, add(mul(squared, number(-2 * SLOPE * CUBIC)), number(-2 * SLOPE)))
  return add(exp(u), number(1))
}

/** The value of each form, and its derivative. */
const FORMS: Readonly<Record<GeluForm, { readonly value: Elementwise; readonly slope: Elementwise }>> = {
  erf: {
    value: (operations, x) => float(operations).mul(x, cumulative(operations, x)),
    slope: (operations, x) => {
      const { add, exp, mul, number, square } = float(operations)
      const density = mul(exp(mul(square(x), number(-0.5))), number(1 / Math.sqrt(2 * Math.PI)))
      return add(cumulative(operations, x), mul(x, density))
    },
  },
  tanh: {
    value: (operations, x) => {
      const { div, square } = float(operations)
      return div(x, lack(operations, x, square(x)))
    },
    /** Computes s + 2 x s (1 - s) u' with s = 1 / (1 + exp(-2 u)). */
    slope: (operations, x) => {
      const { hold, letGo } = operations
      const { add, div, mul, number, square, sub } = float(operations)
      const squared = hold(square(x))
      const share = hold(div(number(1), lack(operations, x, squared)))
      const steepness = mul(x, add(mul(letGo(squared), number(6 * SLOPE * CUBIC)), number(2 * SLOPE)))
      const along = mul(mul(steepness, share), sub(number(1), share))
      return add(along, letGo(share))
    },
  },
}
