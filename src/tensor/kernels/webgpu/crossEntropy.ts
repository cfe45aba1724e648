/**
 * `BijouCrossEntropy` on WebGPU: the mean over rows of log(sum of exp(x)) - x[target], within 2e-6 of the largest |x|.
 *
 * Inputs `logits` (float32 [..., classes]) and `targets` (int32, one for each row). Output float32 []. A target that is no class makes it NaN,
 * since a device cannot throw: a training step ends in `LossNotFinite` then.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { EXPONENTIAL } from "./exponential.ts"
import { compile, consuming, LANES, onDevice } from "./Program.ts"
import { GREATEST, POWERS, TOTAL } from "./rows.ts"

export const bijouCrossEntropy = onDevice("BijouCrossEntropy", (backend, inputs) => {
  const [logits, targets] = [inputOf(inputs, "logits"), inputOf(inputs, "targets")]
  const width = logits.shape.at(-1) ?? 1
  const rows = sizeOf(logits.shape) / width
  const losses = lose(backend, { inputs: { logits, targets }, uniforms: { width }, count: rows, shape: [rows] })
  return consuming(backend, losses, () =>
    average(backend, { inputs: { losses }, uniforms: { rows }, count: 1, shape: [] }),
  )
})

const lose = compile({
  name: "cross-entropy",
  over: "rows",
  inputs: ["logits", "targets"],
  wholes: ["width"],
  numbers: [],
  output: "float32",
  functions: [TOTAL, GREATEST, EXPONENTIAL],
  body: `${POWERS}
    if (lane == 0 && row < uniforms.count) {
      let class_ = targets[row];
      let known = class_ >= 0 && class_ < width;
      result[row] = select(uniforms.NAN, (most - logits[first + class_]) + log(all), known);
    }`,
})

const average = compile({
  name: "mean",
  over: "rows",
  inputs: ["losses"],
  wholes: ["rows"],
  numbers: [],
  output: "float32",
  functions: [TOTAL],
  body: `
    var sum = 0.0;
    for (var i = lane; i < uniforms.rows; i += ${LANES}) { sum += losses[i]; }
    let all = total(lane, sum);
    if (lane == 0) { result[0] = all / f32(uniforms.rows); }`,
})
