/**
 * A BDIA step, its inverse and its gradient on WebGPU. Each output is one program that has the bits of running the
 * operations one after the other.
 */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import type { Implementation } from "../implement.ts"
import { cotangent } from "../spec/cotangent.ts"
import { drift } from "../spec/drift.ts"
import { inverse } from "../spec/inverse.ts"
import { quantize } from "../spec/quantize.ts"
import type { PerSample } from "../spec/samples.ts"
import { times } from "../spec/times.ts"
import { update } from "../spec/update.ts"
import { ONE_ZERO, packed, WORD_BIT } from "./planes.ts"
import { compile, forEachOf, onDevice, withNumbers, type WebgpuBackend } from "./Program.ts"

export const stepKernels: readonly Implementation[] = [
  onDevice(quantize, (backend, { x }, { scale, step }) =>
    round(backend, { inputs: { x }, uniforms: { scale, unit: step }, ...forEachOf(x) }),
  ),
  onDevice(times, (backend, { x }, { factor }) => scaled(backend, x, factor)),
  onDevice(drift, (backend, { x, h }, { own, change, step }) =>
    withNumbers(backend, [...own, ...change], (numbers) =>
      move(backend, { inputs: { x, h, numbers }, uniforms: { ...batch(x, own), unit: step }, ...forEachOf(x) }),
    ),
  ),
  onDevice(update, (backend, { previous, x, h }, { gamma, own, change, scale, step }) => {
    const next = withNumbers(backend, [...own, ...change, ...gamma], (numbers) =>
      advance(backend, {
        inputs: { previous, x, h, numbers },
        uniforms: { ...batch(x, own), scale, unit: step },
        ...forEachOf(x),
      }),
    )
    return [next, packed(backend, previous, scale)] as const
  }),
  onDevice(inverse, (backend, { x, next, h, words }, { gamma, own, change, step }) =>
    // Division is not correctly rounded on the device, so 1/g is computed here.
    withNumbers(backend, [...own, ...change, ...gamma.map((g) => 1 / g)], (numbers) =>
      invert(backend, {
        inputs: { x, after: next, h, words, numbers },
        uniforms: { ...batch(x, own), unit: step },
        ...forEachOf(x),
      }),
    ),
  ),
  onDevice(cotangent, (backend, { dx, dn, jx }, { gamma }) => {
    const straight = gamma.map((g) => 1 - g)
    return [
      scaled(backend, dn, gamma),
      withNumbers(backend, straight, (factors) =>
        add(backend, { inputs: { dx, dn, jx, factors }, uniforms: batch(dn, gamma), ...forEachOf(dn) }),
      ),
    ] as const
  }),
]

/** Multiplies each sample of x by its factor. */
const scaled = (backend: WebgpuBackend, x: tf.TensorInfo, factor: PerSample): tf.TensorInfo =>
  withNumbers(backend, factor, (factors) =>
    multiply(backend, { inputs: { x, factors }, uniforms: batch(x, factor), ...forEachOf(x) }),
  )

/** Returns the number of samples, and the number of elements in each. */
const batch = (x: tf.TensorInfo, { length }: PerSample): { readonly samples: number; readonly each: number } => ({
  samples: length,
  each: sizeOf(x.shape) / length,
})

/**
 * WGSL for x y, rounded to float32 even if the product is then added to a number. `nothing` is 0, but the compiler does
 * not know this, so it cannot fuse product and sum.
 */
const PRODUCT = `
  fn product(x : f32, y : f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(x * y) ^ uniforms.nothing);
  }`

/** WGSL for Q(own x + change h), where both coefficients include 2^l; `unit` is 2^-l. */
const DRIFT = `${ONE_ZERO}${PRODUCT}
  fn drift(x : f32, h : f32, own : f32, change : f32, unit : f32) -> f32 {
    return oneZero(round(product(x, own) + product(h, change)) * unit);
  }`

/** WGSL for the parity of an integer in a float32, as 0 or 1. */
const PARITY = `
  fn parity(k : f32) -> f32 {
    return f32(u32(i32(k)) & 1u);
  }`

const round = compile({
  name: "quantize",
  over: "elements",
  inputs: ["x"],
  numbers: ["scale", "unit"],
  output: "float32",
  functions: [ONE_ZERO],
  body: `result[index] = oneZero(round(x[index] * uniforms.scale) * uniforms.unit);`,
})

const multiply = compile({
  name: "times",
  over: "elements",
  inputs: ["x", "factors"],
  integers: ["each"],
  output: "float32",
  body: `result[index] = x[index] * factors[index / uniforms.each];`,
})

const move = compile({
  name: "drift",
  over: "elements",
  inputs: ["x", "h", "numbers"],
  integers: ["samples", "each"],
  numbers: ["unit"],
  output: "float32",
  functions: [DRIFT],
  body: `
    let s = index / uniforms.each;
    let n = uniforms.samples;
    result[index] = drift(x[index], h[index], numbers[s], numbers[n + s], uniforms.unit);`,
})

const advance = compile({
  name: "update",
  over: "elements",
  inputs: ["previous", "x", "h", "numbers"],
  integers: ["samples", "each"],
  numbers: ["scale", "unit"],
  output: "float32",
  functions: [DRIFT, PARITY],
  body: `
    let sample = index / uniforms.each;
    let n = uniforms.samples;
    let lifted = previous[index] + parity(previous[index] * uniforms.scale) * uniforms.unit;
    let moved = drift(x[index], h[index], numbers[sample], numbers[n + sample], uniforms.unit);
    result[index] = oneZero(numbers[2 * n + sample] * lifted + moved);`,
})

const invert = compile({
  name: "inverse",
  over: "elements",
  inputs: ["x", "after", "h", "words", "numbers"],
  integers: ["samples", "each"],
  numbers: ["unit"],
  output: "float32",
  functions: [DRIFT, WORD_BIT],
  body: `
    let sample = index / uniforms.each;
    let n = uniforms.samples;
    let moved = drift(x[index], h[index], numbers[sample], numbers[n + sample], uniforms.unit);
    let lifted = (after[index] - moved) * numbers[2 * n + sample];
    result[index] = oneZero(lifted - wordBit(words[index / 32], index) * uniforms.unit);`,
})

const add = compile({
  name: "cotangent of x",
  over: "elements",
  inputs: ["dx", "dn", "jx", "factors"],
  integers: ["each"],
  output: "float32",
  functions: [PRODUCT],
  body: `result[index] = (dx[index] + product(dn[index], factors[index / uniforms.each])) + jx[index];`,
})
