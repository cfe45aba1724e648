/** Sums over rows. */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { compile, type WebgpuBackend } from "./Program.ts"

/** The sum of every column of x, `[..., width]`, as `[width]`: 64 rows at a time, since float32 sums of thousands of terms lose digits. */
export const columnSums = (backend: WebgpuBackend, x: tf.TensorInfo): tf.TensorInfo => {
  const width = x.shape.at(-1) ?? 1
  return program(backend, {
    inputs: { x },
    uniforms: { rows: sizeOf(x.shape) / width },
    ...{ count: width, shape: [width] },
  })
}

/** WGSL that adds `term` for every row into `total`. */
export const overRows = (term: string): string => `
  var total = 0.0;
  for (var first = 0; first < uniforms.rows; first += 64) {
    var part = 0.0;
    for (var row = first; row < min(first + 64, uniforms.rows); row++) { part += ${term}; }
    total += part;
  }`

const program = compile({
  name: "column sums",
  over: "elements",
  inputs: ["x"],
  wholes: ["rows"],
  numbers: [],
  output: "float32",
  functions: [],
  body: `${overRows("x[row * uniforms.count + index]")}
    result[index] = total;`,
})
