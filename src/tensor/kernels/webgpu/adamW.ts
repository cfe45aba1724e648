/**
 * `BijouAdamW` on WebGPU: a parameter and its moments after a step. With g = shrink grad,
 *
 *     m' = beta1 m + rest1 g,   v' = beta2 v + rest2 g^2,   p' = keep p - rate m' / (sqrt(correction v') + epsilon)
 *
 * Inputs `p`, `m`, `v` and `grad` (float32 of one shape) and `shrink` (float32 []); the other names are attributes. Outputs p', m', v'.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { compile, onDevice } from "./Program.ts"

export const bijouAdamW = onDevice("BijouAdamW", (backend, given, attrs) => {
  const [p, m, v] = [inputOf(given, "p"), inputOf(given, "m"), inputOf(given, "v")]
  const [grad, shrink] = [inputOf(given, "grad"), inputOf(given, "shrink")]
  const numbers = attrs as Readonly<
    Record<"beta1" | "rest1" | "beta2" | "rest2" | "epsilon" | "keep" | "rate" | "correction", number>
  > // the attributes are ours
  const place = { count: sizeOf(p.shape), shape: p.shape }
  const mean = moveMean(backend, { inputs: { m, grad, shrink }, uniforms: numbers, ...place })
  const square = moveSquare(backend, { inputs: { v, grad, shrink }, uniforms: numbers, ...place })
  const moved = move(backend, { inputs: { p, mean, square }, uniforms: numbers, ...place })
  return [moved, mean, square]
})

const moveMean = compile({
  name: "AdamW, mean",
  over: "elements",
  inputs: ["m", "grad", "shrink"],
  wholes: [],
  numbers: ["beta1", "rest1"],
  output: "float32",
  functions: [],
  body: `result[index] = m[index] * uniforms.beta1 + (grad[index] * shrink[0]) * uniforms.rest1;`,
})

const moveSquare = compile({
  name: "AdamW, square",
  over: "elements",
  inputs: ["v", "grad", "shrink"],
  wholes: [],
  numbers: ["beta2", "rest2"],
  output: "float32",
  functions: [],
  body: `
    let g = grad[index] * shrink[0];
    result[index] = v[index] * uniforms.beta2 + (g * g) * uniforms.rest2;`,
})

const move = compile({
  name: "AdamW",
  over: "elements",
  inputs: ["p", "mean", "square"],
  wholes: [],
  numbers: ["keep", "rate", "correction", "epsilon"],
  output: "float32",
  functions: [],
  body: `
    let scale = sqrt(square[index] * uniforms.correction) + uniforms.epsilon;
    result[index] = p[index] * uniforms.keep - mean[index] * uniforms.rate / scale;`,
})
