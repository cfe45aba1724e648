/** The normal distribution in four lanes. */
import { ROUNDING, type Code, type V128 } from "./assembler/Code.ts"

/**
 * Computes Phi(x) = (1 + erf(x / sqrt 2)) / 2 within 3e-7, as z P(z^2) / Q(z^2) + 1/2 for z = x clamped to [-5.4, 5.4].
 * It is the best such rational function there, with an error of 6e-9 before rounding.
 */
export const cumulative = (code: Code, z: V128): V128 => {
  const { add, constant, div, mul } = code
  const square = mul(z, z)
  return add(mul(z, div(horner(code, square, ABOVE), horner(code, square, BELOW))), constant(0.5))
}

/**
 * Computes 2^t for t <= 0, within 2e-7 relative to it for t > -126, and 2^-126 below. The result is 2^n 2^r, where n is
 * the nearest integer to t, and r = t - n is small enough for a polynomial. So exp(t) is `power` of t log2(e), within
 * 2e-7 of it.
 */
export const power = (code: Code, given: V128): V128 => {
  const { add, constant, mul, pmax, powerOfTwo, sub } = code
  const t = pmax(given, constant(-126))
  // A float of this size has no fraction bits, so adding it rounds half to even.
  const shifted = add(t, constant(ROUNDING))
  const r = sub(t, sub(shifted, constant(ROUNDING)))
  return mul(horner(code, r, POWER), powerOfTwo(shifted))
}

/** Clamps x to [-most, most]. NaN stays NaN. */
export const clamp = ({ constant, pmax, pmin }: Code, x: V128, most: number): V128 =>
  pmin(pmax(x, constant(-most)), constant(most))

/**
 * Evaluates a polynomial whose coefficients start with the highest power. A leading coefficient of 1 takes no
 * multiplication.
 */
const horner = ({ add, constant, mul }: Code, x: V128, [highest = 0, ...rest]: readonly number[]): V128 =>
  rest.reduce<V128 | null>(
    (sum, coefficient) =>
      add(sum === null ? (highest === 1 ? x : mul(constant(highest), x)) : mul(sum, x), constant(coefficient)),
    null,
  ) ?? constant(highest)

/** Beyond this |x|, Phi is 0 or 1 up to 4e-8. */
export const REACH = 5.4

const ABOVE = [0.019223161041736603, 5.227742671966553, 135.067626953125, 3822.85693359375, 27430.9609375, 327918.125]

const BELOW = [1, 59.510807037353516, 1528.0267333984375, 23326.4140625, 205753.5625, 821968.875]

/** The coefficients of 2^r for |r| <= 1/2, with an error of 2e-9 before rounding. */
const POWER = [
  1.5353361959569156e-4, 1.3398875016719103e-3, 9.61843691766262e-3, 5.5503323674201965e-2, 0.24022647738456726,
  0.6931471824645996, 1,
]
