/** `BijouGeluGrad` on WebGPU: dy (Phi(x) + x phi(x)), the gradient of `BijouGelu`, within 2e-6 |dy|. Inputs `x` and `dy` (float32). */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { GELU_SLOPE } from "./exponential.ts"
import { compile, onDevice, type WebgpuBackend } from "./Program.ts"

export const bijouGeluGrad = onDevice("BijouGeluGrad", (backend, inputs) =>
  geluGrad(backend, inputOf(inputs, "x"), inputOf(inputs, "dy")),
)

/** dy (Phi(x) + x phi(x)), element by element. */
export const geluGrad = (backend: WebgpuBackend, x: tf.TensorInfo, dy: tf.TensorInfo): tf.TensorInfo =>
  program(backend, { inputs: { x, dy }, uniforms: {}, count: sizeOf(x.shape), shape: x.shape })

const program = compile({
  name: "gelu gradient",
  over: "elements",
  inputs: ["x", "dy"],
  wholes: [],
  numbers: [],
  output: "float32",
  functions: [GELU_SLOPE],
  body: `result[index] = dy[index] * geluSlope(x[index]);`,
})
