/** What the two kinds of GELU, and their gradients, compose of stock operations. */
import { CUBIC, SLOPE } from "../wasm/geluTanh.ts"
import { float } from "./float.ts"
import { onTensorflow, type Handle, type Operations, type TensorflowKernel } from "./operations.ts"

// ---------------------------------------------------------------- model

/** A function of every element, of stock operations. */
type Elementwise = (operations: Operations, x: Handle) => Handle

// --------------------------------------------------------- constructors

/** The kernel of an activation, whose value stock operations compose so. */
export const activating = (kernelName: string, value: Elementwise): TensorflowKernel =>
  onTensorflow(kernelName, {
    library: ({ give, input, run }) => give(run(kernelName, [input("x")])),
    stock: (operations) => operations.give(value(operations, operations.input("x"))),
  })

/** The kernel of its gradient: dy times the derivative, which stock operations compose so. */
export const pullingActivation = (kernelName: string, slope: Elementwise): TensorflowKernel =>
  onTensorflow(kernelName, {
    library: ({ give, input, run }) => give(run(kernelName, [input("x"), input("dy")])),
    stock: (operations) => {
      const { give, input } = operations
      return give(float(operations).mul(input("dy"), slope(operations, input("x"))))
    },
  })

// ----------------------------------------------------------- combinators

/** x Phi(x) */
export const gelu: Elementwise = (operations, x) => float(operations).mul(x, cumulative(operations, x))

/** Phi(x) + x phi(x) */
export const geluSlope: Elementwise = (operations, x) => {
  const { add, exp, mul, number, square } = float(operations)
  const density = mul(exp(mul(square(x), number(-0.5))), number(1 / Math.sqrt(2 * Math.PI)))
  return add(cumulative(operations, x), mul(x, density))
}

/** x / (1 + exp(-2 u)), which is x (1 + tanh u) / 2, with u = sqrt(2/pi) (x + 0.044715 x^3). */
export const geluTanh: Elementwise = (operations, x) => {
  const { div, square } = float(operations)
  return div(x, lack(operations, x, square(x)))
}

/** s + 2 x s (1 - s) u' with s = 1 / (1 + exp(-2 u)). */
export const geluTanhSlope: Elementwise = (operations, x) => {
  const { hold, letGo } = operations
  const { add, div, mul, number, square, sub } = float(operations)
  const squared = hold(square(x))
  const share = hold(div(number(1), lack(operations, x, squared)))
  const steepness = mul(x, add(mul(letGo(squared), number(6 * SLOPE * CUBIC)), number(2 * SLOPE)))
  const along = mul(mul(steepness, share), sub(number(1), share))
  return add(along, letGo(share))
}

/** Phi(x) = (1 + erf(x / sqrt 2)) / 2. */
const cumulative: Elementwise = (operations, x) => {
  const { add, erf, mul, number } = float(operations)
  return mul(add(erf(mul(x, number(Math.SQRT1_2))), number(1)), number(0.5))
}

/** 1 + exp(-2 u), given x and its square. */
const lack = (operations: Operations, x: Handle, squared: Handle): Handle => {
  const { add, exp, mul, number } = float(operations)
  const u = mul(x, add(mul(squared, number(-2 * SLOPE * CUBIC)), number(-2 * SLOPE)))
  return add(exp(u), number(1))
}
