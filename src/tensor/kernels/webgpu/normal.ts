/** The normal distribution in WGSL: the approximations of `simd/normal.ts`, for a device's own functions may be less exact. */
import { ABOVE, BELOW, EXP, LN2_HIGH, LN2_LOW } from "../simd/normal.ts"

/** A polynomial by Horner's rule, coefficients of the highest power first. */
const polynomial = (x: string, [highest = 0, ...rest]: readonly number[]): string =>
  rest.reduce((sum, coefficient) => `(${sum} * ${x} + ${literal(coefficient)})`, literal(highest))

/** A float literal; the shortest decimal that is this number has a digit behind its point, or an exponent. */
export const literal = (x: number): string => `f32(${Number.isInteger(x) ? x.toFixed(1) : x})`

/** exp(t) for t <= 0, within 3e-7, relative to it, for t > -87, and below 2e-38 beyond. */
export const EXPONENTIAL = `
  fn exponential(given : f32) -> f32 {
    let t = max(given, -87.0);
    let n = round(t * ${literal(Math.LOG2E)});
    let r = (t - n * ${literal(LN2_HIGH)}) - n * ${literal(LN2_LOW)};
    let power = ${polynomial("r", EXP)} * (r * r) + (r + 1.0);
    return power * bitcast<f32>((i32(n) + 127) << 23u);
  }`

/** Phi(x) = (1 + erf(x / sqrt 2)) / 2, within 3e-7. */
export const CUMULATIVE = `
  fn cumulative(x : f32) -> f32 {
    let z = clamp(x * ${literal(Math.SQRT1_2)}, -4.0, 4.0);
    let square = z * z;
    let erf = z * (${polynomial("square", ABOVE)} / ${polynomial("square", BELOW)});
    return erf * 0.5 + 0.5;
  }`

/** Phi(x) + x phi(x), the derivative of x Phi(x). */
export const GELU_SLOPE = `${EXPONENTIAL}${CUMULATIVE}
  fn geluSlope(x : f32) -> f32 {
    let near = clamp(x, -14.0, 14.0);
    let density = exponential(near * near * -0.5) * ${literal(1 / Math.sqrt(2 * Math.PI))};
    return cumulative(near) + near * density;
  }`
