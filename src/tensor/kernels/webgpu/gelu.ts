/** `BijouGelu` on WebGPU: x Phi(x), within 4e-7 (1 + |x|) of the true value. Input `x` (float32). */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { CUMULATIVE } from "./exponential.ts"
import { compile, onDevice, type WebgpuBackend } from "./Program.ts"

export const bijouGelu = onDevice("BijouGelu", (backend, inputs) => gelu(backend, inputOf(inputs, "x")))

/** x Phi(x), element by element. */
export const gelu = (backend: WebgpuBackend, x: tf.TensorInfo): tf.TensorInfo =>
  program(backend, { inputs: { x }, uniforms: {}, count: sizeOf(x.shape), shape: x.shape })

const program = compile({
  name: "gelu",
  over: "elements",
  inputs: ["x"],
  wholes: [],
  numbers: [],
  output: "float32",
  functions: [CUMULATIVE],
  body: `result[index] = x[index] * cumulative(x[index]);`,
})
