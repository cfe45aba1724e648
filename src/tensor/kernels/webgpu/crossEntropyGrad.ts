/**
 * `BijouCrossEntropyGrad` on WebGPU: (softmax(x) - one at the target) dy / rows, the gradient of `BijouCrossEntropy`.
 *
 * Inputs `logits` (float32 [..., classes]), `targets` (int32, one for each row, all of them classes) and `dy` (float32 []).
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { EXPONENTIAL } from "./exponential.ts"
import { compile, LANES, onDevice } from "./Program.ts"
import { GREATEST, POWERS, TOTAL } from "./rows.ts"

export const bijouCrossEntropyGrad = onDevice("BijouCrossEntropyGrad", (backend, given) => {
  const inputs = { logits: inputOf(given, "logits"), targets: inputOf(given, "targets"), dy: inputOf(given, "dy") }
  const { shape } = inputs.logits
  const width = shape.at(-1) ?? 1
  return differentiate(backend, { inputs, uniforms: { width }, count: sizeOf(shape) / width, shape })
})

const differentiate = compile({
  name: "cross-entropy gradient",
  over: "rows",
  inputs: ["logits", "targets", "dy"],
  wholes: ["width"],
  numbers: [],
  output: "float32",
  functions: [TOTAL, GREATEST, EXPONENTIAL],
  body: `${POWERS}
    let weight = dy[0] / f32(uniforms.count);
    if (row < uniforms.count) {
      for (var j = lane; j < width; j += ${LANES}) {
        let share = exponential(logits[first + j] - most) / all;
        result[first + j] = (share - select(0.0, 1.0, j == targets[row])) * weight;
      }
    }`,
})
