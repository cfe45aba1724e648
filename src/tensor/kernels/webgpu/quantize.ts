/** `BijouQuantize` on WebGPU: Q(x), half to even onto the grid, every zero +0. Input `x` (float32), attributes `scale` ([2^l]) and `step` ([2^-l]). */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { ONE_ZERO } from "./exact.ts"
import { compile, onDevice } from "./Program.ts"

export const bijouQuantize = onDevice("BijouQuantize", (backend, inputs, attrs) => {
  const x = inputOf(inputs, "x")
  const { scale, step } = attrs as Readonly<Record<"scale" | "step", readonly [number]>> // the attributes are ours
  const uniforms = { scale: scale[0], unit: step[0] }
  return quantize(backend, { inputs: { x }, uniforms, count: sizeOf(x.shape), shape: x.shape })
})

const quantize = compile({
  name: "quantize",
  over: "elements",
  inputs: ["x"],
  wholes: [],
  numbers: ["scale", "unit"],
  output: "float32",
  functions: [ONE_ZERO],
  body: `result[index] = oneZero(round(x[index] * uniforms.scale) * uniforms.unit);`,
})
