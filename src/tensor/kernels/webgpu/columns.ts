/**
 * `BijouAddBias` on WebGPU: x + bias for every row. Inputs `x` (float32 [..., width]) and `bias` (float32 [width]); the output is a buffer of its
 * own, since no program may read and write one.
 */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { compile, onDevice, type WebgpuBackend } from "./Program.ts"

export const bijouAddBias = onDevice("BijouAddBias", (backend, inputs) =>
  addBias(backend, inputOf(inputs, "x"), inputOf(inputs, "bias")),
)

/** x + bias for every row. */
export const addBias = (backend: WebgpuBackend, x: tf.TensorInfo, bias: tf.TensorInfo): tf.TensorInfo =>
  program(backend, {
    inputs: { x, bias },
    uniforms: { width: sizeOf(bias.shape) },
    ...{ count: sizeOf(x.shape), shape: x.shape },
  })

const program = compile({
  name: "add bias",
  over: "elements",
  inputs: ["x", "bias"],
  wholes: ["width"],
  numbers: [],
  output: "float32",
  functions: [],
  body: `result[index] = x[index] + bias[index % uniforms.width];`,
})
