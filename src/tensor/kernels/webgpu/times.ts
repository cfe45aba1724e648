/** `BijouTimes` on WebGPU: every sample times its factor. Input `x` (float32 [batch, ...]), attribute `factor` (a number for each sample). */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { compile, onDevice, withNumbers, type WebgpuBackend } from "./Program.ts"

export const bijouTimes = onDevice(
  "BijouTimes",
  (backend, inputs, attrs) => times(backend, inputOf(inputs, "x"), attrs["factor"] as readonly number[]), // the attribute is ours
)

/** Every sample of x times its factor. */
export const times = (backend: WebgpuBackend, x: tf.TensorInfo, factor: readonly number[]): tf.TensorInfo => {
  const count = sizeOf(x.shape)
  return withNumbers(backend, factor, (factors) =>
    program(backend, { inputs: { x, factors }, uniforms: { each: count / factor.length }, count, shape: x.shape }),
  )
}

const program = compile({
  name: "times",
  over: "elements",
  inputs: ["x", "factors"],
  wholes: ["each"],
  numbers: [],
  output: "float32",
  functions: [],
  body: `result[index] = x[index] * factors[index / uniforms.each];`,
})
