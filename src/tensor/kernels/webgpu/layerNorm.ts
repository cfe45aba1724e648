/**
 * `BijouLayerNorm` on WebGPU: (x - mean) / sqrt(variance + 1e-5) * gain + bias for every row, within 3e-6 of the largest value.
 *
 * Inputs `x` (float32 [..., width]), `gain` and `bias` (float32 [width]).
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { compile, LANES, onDevice } from "./Program.ts"
import { MOMENTS, TOTAL } from "./rows.ts"

export const bijouLayerNorm = onDevice("BijouLayerNorm", (backend, given) => {
  const inputs = { x: inputOf(given, "x"), gain: inputOf(given, "gain"), bias: inputOf(given, "bias") }
  const { shape } = inputs.x
  const width = shape.at(-1) ?? 1
  return normalize(backend, { inputs, uniforms: { width }, count: sizeOf(shape) / width, shape })
})

const normalize = compile({
  name: "layer norm",
  over: "rows",
  inputs: ["x", "gain", "bias"],
  wholes: ["width"],
  numbers: [],
  output: "float32",
  functions: [TOTAL],
  body: `${MOMENTS}
    if (row < uniforms.count) {
      for (var j = lane; j < width; j += ${LANES}) {
        result[first + j] = (x[first + j] - mean) * scale * gain[j] + bias[j];
      }
    }`,
})
