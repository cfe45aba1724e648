/**
 * GELU on WebGPU, with and without a bias: within 4e-7 (1 + |x|) of the true value, and its gradient within 2e-6 |dy|.
 * Both forms are approximated, because a device's own functions may be less accurate. With a bias, the bits are those
 * of running the kernels one after the other.
 */
import type { tf } from "../../tf.ts"
import type { Implementation } from "../implement.ts"
import { biasGelu, biasGeluGrad } from "../spec/biasGelu.ts"
import { CUBIC, gelu, geluGrad, SLOPE, type GeluForm } from "../spec/gelu.ts"
import { withBias, columnSums } from "./columns.ts"
import { EXPONENTIAL, literal, polynomial } from "./exponential.ts"
import { compile, forEachOf, onDevice, type WebgpuBackend } from "./Program.ts"

export const geluKernels: readonly Implementation[] = [
  onDevice(gelu, (backend, { x }, { form }) => activate(backend, x, form)),
  onDevice(geluGrad, (backend, { x, dy }, { form }) => differentiate(backend, x, dy, form)),
  onDevice(biasGelu, (backend, { x, bias }, { form }) => {
    const a = withBias(backend, x, bias)
    return [a, activate(backend, a, form)] as const
  }),
  onDevice(biasGeluGrad, (backend, { a, dy }, { form }) => {
    const dx = differentiate(backend, a, dy, form)
    return [dx, columnSums(backend, dx)] as const
  }),
]

const activate = (backend: WebgpuBackend, x: tf.TensorInfo, form: GeluForm): tf.TensorInfo =>
  values[form](backend, { inputs: { x }, uniforms: {}, ...forEachOf(x) })

const differentiate = (backend: WebgpuBackend, x: tf.TensorInfo, dy: tf.TensorInfo, form: GeluForm): tf.TensorInfo =>
  gradients[form](backend, { inputs: { x, dy }, uniforms: {}, ...forEachOf(x) })

/**
 * The coefficients of erf(z) = z P(z^2) / Q(z^2) on [-4, 4], the rational approximation of Eigen and XLA, with the
 * highest power first.
 */
const ABOVE = [
  -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5, -7.34990630326855e-4,
  -2.954599808540251e-3, -1.60960333262415e-2,
]

const BELOW = [
  -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3, -1.42647390514189e-2,
]

/** WGSL for Phi(x), within 3e-7. */
const CUMULATIVE = `
  fn cumulative(x : f32) -> f32 {
    let z = clamp(x * ${literal(Math.SQRT1_2)}, -4.0, 4.0);
    let square = z * z;
    let erf = z * (${polynomial("square", ABOVE)} / ${polynomial("square", BELOW)});
    return erf * 0.5 + 0.5;
  }`

/** WGSL for (1 + t) / 2 and its product with (1 - t) / 2, for x near 0. */
const SHARES = `${EXPONENTIAL}
  fn shares(x : f32) -> vec2<f32> {
    let u = x * (x * x * ${literal(SLOPE * CUBIC)} + ${literal(SLOPE)});
    let e = exponential(-2.0 * abs(u));
    let inverse = 1.0 / (1.0 + e);
    return vec2<f32>(select(1.0, e, u < 0.0) * inverse, e * inverse * inverse);
  }`

/** WGSL for the tanh form of GELU. */
const GELU_TANH = `${SHARES}
  fn geluTanh(x : f32) -> f32 {
    return x * shares(clamp(x, -14.0, 14.0)).x;
  }`

/** WGSL for the derivative of the erf form. */
const GELU_SLOPE = `${EXPONENTIAL}${CUMULATIVE}
  fn geluSlope(x : f32) -> f32 {
    let near = clamp(x, -14.0, 14.0);
    let density = exponential(near * near * -0.5) * ${literal(1 / Math.sqrt(2 * Math.PI))};
    return cumulative(near) + near * density;
  }`

/** WGSL for the derivative of the tanh form. */
const GELU_TANH_SLOPE = `${SHARES}
  fn geluTanhSlope(x : f32) -> f32 {
    let near = clamp(x, -14.0, 14.0);
    let both = shares(near);
    return both.x + near * both.y * (near * near * ${literal(6 * SLOPE * CUBIC)} + ${literal(2 * SLOPE)});
  }`

const valueOf = (name: string, functions: string, value: string) =>
  compile({
    ...{ name, over: "elements", inputs: ["x"], output: "float32", functions: [functions] },
    body: `result[index] = ${value};`,
  })

const gradientOf = (name: string, functions: string, slope: string) =>
  compile({
    ...{ name, over: "elements", inputs: ["x", "dy"], output: "float32", functions: [functions] },
    body: `result[index] = dy[index] * ${slope};`,
  })

const values = {
  erf: valueOf("gelu", CUMULATIVE, "x[index] * cumulative(x[index])"),
  tanh: valueOf("gelu by tanh", GELU_TANH, "geluTanh(x[index])"),
}

const gradients = {
  erf: gradientOf("gelu gradient", GELU_SLOPE, "geluSlope(x[index])"),
  tanh: gradientOf("gradient of gelu by tanh", GELU_TANH_SLOPE, "geluTanhSlope(x[index])"),
}
