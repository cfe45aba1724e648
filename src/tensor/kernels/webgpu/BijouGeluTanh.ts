/** `BijouGeluTanh` on WebGPU: GELU by tanh, within 4e-7 (1 + |x|) of the true value. Input `x` (float32). */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { GELU_TANH } from "./geluTanh.ts"
import { compile, onDevice, type WebgpuBackend } from "./Program.ts"

export const bijouGeluTanh = onDevice("BijouGeluTanh", (backend, inputs) => geluTanh(backend, inputOf(inputs, "x")))

/** GELU by tanh, element by element. */
export const geluTanh = (backend: WebgpuBackend, x: tf.TensorInfo): tf.TensorInfo =>
  program(backend, { inputs: { x }, uniforms: {}, count: sizeOf(x.shape), shape: x.shape })

const program = compile({
  name: "gelu by tanh",
  over: "elements",
  inputs: ["x"],
  wholes: [],
  numbers: [],
  output: "float32",
  functions: [GELU_TANH],
  body: `result[index] = geluTanh(x[index]);`,
})
