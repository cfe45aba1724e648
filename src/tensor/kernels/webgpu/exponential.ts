/** The normal distribution in WGSL, by approximations, for a device's own functions may be less exact. */

/** A polynomial by Horner's rule, coefficients of the highest power first. */
const polynomial = (x: string, [highest = 0, ...rest]: readonly number[]): string =>
  rest.reduce((sum, coefficient) => `(${sum} * ${x} + ${literal(coefficient)})`, literal(highest))

/** A float literal; the shortest decimal that is this number has a digit behind its point, or an exponent. */
export const literal = (x: number): string => `f32(${Number.isInteger(x) ? x.toFixed(1) : x})`

/** erf(z) = z P(z^2) / Q(z^2) on [-4, 4], the rational approximation of Eigen and XLA; the highest power first. */
const ABOVE = [
  -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5, -7.34990630326855e-4,
  -2.954599808540251e-3, -1.60960333262415e-2,
]

const BELOW = [
  -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3, -1.42647390514189e-2,
]

/** exp(r) = 1 + r + r^2 (1/2 + r/6 + ..), cut so that the rest is below 2e-9 for |r| < ln 2 / 2. */
const EXP = [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2]

/** ln 2 to 9 bits and the rest of it: n times the first is exact. */
const LN2_HIGH = 0.693359375
const LN2_LOW = -2.1219444005469057e-4

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
