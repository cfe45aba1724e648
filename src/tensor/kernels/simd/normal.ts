/** The normal distribution over four lanes. */
import type { Code, Lanes } from "./Code.ts"

/**
 * Phi(x) = (1 + erf(x / sqrt 2)) / 2, within 2e-7: erf(z) = z P(z^2) / Q(z^2) on [-4, 4], the rational approximation of Eigen and XLA.
 */
const cumulative = (code: Code, x: Lanes): Lanes => {
  const { add, constant, div, mul } = code
  const z = clamp(code, mul(x, constant(Math.SQRT1_2)), 4)
  const square = mul(z, z)
  const erf = mul(z, div(polynomial(code, square, ABOVE), polynomial(code, square, BELOW)))
  return add(mul(erf, constant(0.5)), constant(0.5))
}

/** x Phi(x) */
export const gelu = (code: Code, x: Lanes): Lanes => code.mul(x, cumulative(code, x))

/** x Phi(x), and its derivative Phi(x) + x phi(x). */
export const geluAndSlope = (code: Code, x: Lanes): readonly [gelu: Lanes, slope: Lanes] => {
  const { add, mul } = code
  const share = cumulative(code, x)
  const near = clamp(code, x, 14)
  return [mul(x, share), add(share, mul(near, density(code, near)))]
}

/** exp(-x^2 / 2) / sqrt(2 pi), within 2e-7 of it, relative to it, for |x| < 13, and below 1e-37 beyond. */
const density = (code: Code, x: Lanes): Lanes => {
  const { constant, mul } = code
  return mul(exponential(code, mul(mul(x, x), constant(-0.5))), constant(1 / Math.sqrt(2 * Math.PI)))
}

/**
 * exp(t) for t <= 0, within 2e-7, relative to it, for t > -87, and below 2e-38 beyond: exp(t) = 2^n exp(r), n the nearest whole number to
 * t / ln 2, and r = t - n ln 2, in two parts, small enough for a polynomial.
 */
export const exponential = (code: Code, given: Lanes): Lanes => {
  const { add, constant, max, mul, powerOfTwo, sub } = code
  const t = max(given, constant(-87))
  // A float of this size has no fraction bits, so adding it rounds, half to even.
  const shifted = add(mul(t, constant(Math.LOG2E)), constant(1.5 * 2 ** 23))
  const n = sub(shifted, constant(1.5 * 2 ** 23))
  const r = sub(sub(t, mul(n, constant(LN2_HIGH))), mul(n, constant(LN2_LOW)))
  const power = add(mul(polynomial(code, r, EXP), mul(r, r)), add(r, constant(1)))
  return mul(power, powerOfTwo(shifted))
}

/** x, but no further from 0 than `most`; a NaN stays one. */
export const clamp = ({ constant, max, min }: Code, x: Lanes, most: number): Lanes =>
  min(max(x, constant(-most)), constant(most))

/** Coefficients of the highest power first. Even and odd powers are summed apart, which halves how long the sum takes. */
const polynomial = (code: Code, x: Lanes, coefficients: readonly number[]): Lanes => {
  const { add, mul } = code
  const square = mul(x, x)
  const last = coefficients.length - 1
  const [even, odd] = [0, 1].map((rest) => coefficients.filter((_, i) => (last - i) % 2 === rest))
  return add(horner(code, square, even ?? []), mul(horner(code, square, odd ?? []), x))
}

const horner = ({ add, constant, mul }: Code, x: Lanes, coefficients: readonly number[]): Lanes => {
  const [highest = 0, ...rest] = coefficients
  return rest.reduce((sum, coefficient) => add(mul(sum, x), constant(coefficient)), constant(highest))
}

export const ABOVE = [
  -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5, -7.34990630326855e-4,
  -2.954599808540251e-3, -1.60960333262415e-2,
]

export const BELOW = [
  -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3, -1.42647390514189e-2,
]

/** exp(r) = 1 + r + r^2 (1/2 + r/6 + ..), cut so that the rest is below 2e-9 for |r| < ln 2 / 2. */
export const EXP = [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2]

/** ln 2 to 9 bits and the rest of it: n times the first is exact. */
export const LN2_HIGH = 0.693359375
export const LN2_LOW = -2.1219444005469057e-4
