/** GELU by tanh in WGSL: the formulas of `simd/geluTanh.ts`, for a device's own tanh may be less exact. */
import { CUBIC, SLOPE } from "../wasm/geluTanh.ts"
import { EXPONENTIAL, literal } from "./exponential.ts"

/** (1 + tanh u) / 2 with u = sqrt(2/pi) (x + 0.044715 x^3), and its product with what it lacks to 1; x is near 0. */
const SHARES = `${EXPONENTIAL}
  fn shares(x : f32) -> vec2<f32> {
    let u = x * (x * x * ${literal(SLOPE * CUBIC)} + ${literal(SLOPE)});
    let e = exponential(-2.0 * abs(u));
    let inverse = 1.0 / (1.0 + e);
    return vec2<f32>(select(1.0, e, u < 0.0) * inverse, e * inverse * inverse);
  }`

/** The value. */
export const GELU_TANH = `${SHARES}
  fn geluTanh(x : f32) -> f32 {
    return x * shares(clamp(x, -14.0, 14.0)).x;
  }`

/** The derivative. */
export const GELU_TANH_SLOPE = `${SHARES}
  fn geluTanhSlope(x : f32) -> f32 {
    let near = clamp(x, -14.0, 14.0);
    let both = shares(near);
    return both.x + near * both.y * (near * near * ${literal(6 * SLOPE * CUBIC)} + ${literal(2 * SLOPE)});
  }`
