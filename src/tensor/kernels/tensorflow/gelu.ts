/** GELU of stock operations. */
import { float } from "./float.ts"
import type { Handle, Operations } from "./operations.ts"

/** Phi(x) = (1 + erf(x / sqrt 2)) / 2. */
export const cumulative = (operations: Operations, x: Handle): Handle => {
  const { add, erf, mul, number } = float(operations)
  return mul(add(erf(mul(x, number(Math.SQRT1_2))), number(1)), number(0.5))
}

/** dy (Phi(x) + x phi(x)). */
export const geluGrad = (operations: Operations, x: Handle, dy: Handle): Handle => {
  const { add, exp, mul, number, square } = float(operations)
  const density = mul(exp(mul(square(x), number(-0.5))), number(1 / Math.sqrt(2 * Math.PI)))
  return mul(dy, add(cumulative(operations, x), mul(x, density)))
}
