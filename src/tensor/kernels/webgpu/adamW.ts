/** An AdamW step on WebGPU. Its outputs are new buffers, because a program must not read and write the same buffer. */
import { adamW } from "../spec/adamW.ts"
import { compile, forEachOf, onDevice } from "./Program.ts"

export const adamWKernel = onDevice(adamW, (backend, { p, m, v, grad, shrink }, uniforms) => {
  const mean = moveMean(backend, { inputs: { m, grad, shrink }, uniforms, ...forEachOf(p) })
  const square = moveSquare(backend, { inputs: { v, grad, shrink }, uniforms, ...forEachOf(p) })
  return [move(backend, { inputs: { p, mean, square }, uniforms, ...forEachOf(p) }), mean, square] as const
})

const moveMean = compile({
  name: "AdamW, mean",
  over: "elements",
  inputs: ["m", "grad", "shrink"],
  numbers: ["beta1", "rest1"],
  output: "float32",
  body: `result[index] = m[index] * uniforms.beta1 + (grad[index] * shrink[0]) * uniforms.rest1;`,
})

const moveSquare = compile({
  name: "AdamW, square",
  over: "elements",
  inputs: ["v", "grad", "shrink"],
  numbers: ["beta2", "rest2"],
  output: "float32",
  body: `
    let g = grad[index] * shrink[0];
    result[index] = v[index] * uniforms.beta2 + (g * g) * uniforms.rest2;`,
})

const move = compile({
  name: "AdamW",
  over: "elements",
  inputs: ["p", "mean", "square"],
  numbers: ["keep", "rate", "correction", "epsilon"],
  output: "float32",
  body: `
    let scale = sqrt(square[index] * uniforms.correction) + uniforms.epsilon;
    result[index] = p[index] * uniforms.keep - mean[index] * uniforms.rate / scale;`,
})
