/** Bias addition and column sums on WebGPU. */
import type { tf } from "../../tf.ts"
import { addBias } from "../spec/addBias.ts"
import { rowsOf } from "../spec/Outcome.ts"
import { compile, forEachOf, onDevice, type WebgpuBackend } from "./Program.ts"

/** The bias addition. The output is a new buffer, because a program must not read and write the same buffer. */
export const addBiasKernel = onDevice(addBias, (backend, { x, bias }) => withBias(backend, x, bias))

/** Computes x + bias for every row. */
export const withBias = (backend: WebgpuBackend, x: tf.TensorInfo, bias: tf.TensorInfo): tf.TensorInfo =>
  add(backend, { inputs: { x, bias }, uniforms: { width: rowsOf(bias.shape)[1] }, ...forEachOf(x) })

/** Sums each column of x, `[..., width]`, into `[width]`. */
export const columnSums = (backend: WebgpuBackend, x: tf.TensorInfo): tf.TensorInfo => {
  const [rows, width] = rowsOf(x.shape)
  return sum(backend, { inputs: { x }, uniforms: { rows }, count: width, shape: [width] })
}

/**
 * Returns WGSL that adds `term` for each row to `total`, in chunks of 64 rows, because float32 sums of thousands of
 * terms lose digits.
 */
export const overRows = (term: string): string => `
  var total = 0.0;
  for (var first = 0; first < uniforms.rows; first += 64) {
    var part = 0.0;
    for (var row = first; row < min(first + 64, uniforms.rows); row++) { part += ${term}; }
    total += part;
  }`

const add = compile({
  name: "add bias",
  over: "elements",
  inputs: ["x", "bias"],
  integers: ["width"],
  output: "float32",
  body: `result[index] = x[index] + bias[index % uniforms.width];`,
})

const sum = compile({
  name: "column sums",
  over: "elements",
  inputs: ["x"],
  integers: ["rows"],
  output: "float32",
  body: `${overRows("x[row * uniforms.count + index]")}
    result[index] = total;`,
})
