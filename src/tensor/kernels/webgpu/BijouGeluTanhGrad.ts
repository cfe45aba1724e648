/** `BijouGeluTanhGrad` on WebGPU: dy times the derivative of GELU by tanh, within 2e-6 |dy|. Inputs `x` and `dy` (float32). */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { GELU_TANH_SLOPE } from "./geluTanh.ts"
import { compile, onDevice, type WebgpuBackend } from "./Program.ts"

export const bijouGeluTanhGrad = onDevice("BijouGeluTanhGrad", (backend, inputs) =>
  geluTanhGrad(backend, inputOf(inputs, "x"), inputOf(inputs, "dy")),
)

/** dy times the derivative, element by element. */
export const geluTanhGrad = (backend: WebgpuBackend, x: tf.TensorInfo, dy: tf.TensorInfo): tf.TensorInfo =>
  program(backend, { inputs: { x, dy }, uniforms: {}, count: sizeOf(x.shape), shape: x.shape })

const program = compile({
  name: "gradient of gelu by tanh",
  over: "elements",
  inputs: ["x", "dy"],
  wholes: [],
  numbers: [],
  output: "float32",
  functions: [GELU_TANH_SLOPE],
  body: `result[index] = dy[index] * geluTanhSlope(x[index]);`,
})
