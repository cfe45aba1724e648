/** The exponential function in WGSL, because a device's own may be less accurate. */

/** Returns a polynomial by Horner's rule; its coefficients start with the highest power. */
export const polynomial = (x: string, [highest = 0, ...rest]: readonly number[]): string =>
  rest.reduce((sum, coefficient) => `(${sum} * ${x} + ${literal(coefficient)})`, literal(highest))

/** Returns a float literal. The shortest decimal of a number that is not an integer has a fraction or an exponent. */
export const literal = (x: number): string => `f32(${Number.isInteger(x) ? x.toFixed(1) : x})`

/** The coefficients of exp(r) = 1 + r + r^2 (1/2 + r/6 + ..). The truncation error is below 2e-9 for |r| < ln 2 / 2. */
const EXP = [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2]

/** ln 2 to 9 bits, and the rest of it. n times the first part is exact. */
const LN2_HIGH = 0.693359375
const LN2_LOW = -2.1219444005469057e-4

/** WGSL for exp(t) for t <= 0, within 3e-7 relative to it for t > -87, and below 2e-38 otherwise. */
export const EXPONENTIAL = `
  fn exponential(given : f32) -> f32 {
    let t = max(given, -87.0);
    let n = round(t * ${literal(Math.LOG2E)});
    let r = (t - n * ${literal(LN2_HIGH)}) - n * ${literal(LN2_LOW)};
    let power = ${polynomial("r", EXP)} * (r * r) + (r + 1.0);
    return power * bitcast<f32>((i32(n) + 127) << 23u);
  }`
