/** GELU by tanh over four lanes. */
import type { Code, Lanes } from "./assembler/Code.ts"
import { clamp, power } from "./normal.ts"

/** x (1 + tanh u) / 2 with u = sqrt(2/pi) (x + 0.044715 x^3), within 4e-7 (1 + |x|) of the true value. */
export const geluTanh = (code: Code, x: Lanes): Lanes => code.mul(x, sharesOf(code, x).share)

/** The same, and its derivative s + 2 x s (1 - s) u', where s = (1 + tanh u) / 2, within 2e-6. */
export const geluTanhAndSlope = (code: Code, x: Lanes): readonly [gelu: Lanes, slope: Lanes] => {
  const { add, constant, mul } = code
  const { share, spread, near, square } = sharesOf(code, x)
  const steepness = add(mul(square, constant(6 * SLOPE * CUBIC)), constant(2 * SLOPE))
  return [mul(x, share), add(share, mul(mul(near, spread), steepness))]
}

export const CUBIC = 0.044715
export const SLOPE = Math.sqrt(2 / Math.PI)

/**
 * s = (1 + tanh u) / 2 = 1 / (1 + exp(-2 u)), which is e / (1 + e) with e = exp(-2 |u|) where u < 0, and s (1 - s) = e / (1 + e)^2: no digit is
 * lost on either side. Beyond 14 s is 0 or 1, so x is held there and no power of it overflows.
 */
const sharesOf = (code: Code, x: Lanes) => {
  const { above, abs, add, both, constant, div, mul, without } = code
  const near = clamp(code, x, 14)
  const square = mul(near, near)
  const u = mul(near, add(mul(square, constant(SLOPE * CUBIC)), constant(SLOPE)))
  const e = power(code, mul(abs(u), constant(-2 * Math.LOG2E)))
  const inverse = div(constant(1), add(e, constant(1)))
  const negative = above(constant(0), u)
  const upper = add(both(e, negative), without(constant(1), negative))
  return { near, square, share: mul(upper, inverse), spread: mul(mul(e, inverse), inverse) }
}
