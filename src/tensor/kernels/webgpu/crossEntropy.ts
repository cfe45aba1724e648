/**
 * Cross-entropy on WebGPU, within 2e-6 of the largest |logit|. A device cannot throw, so a target that is not a class
 * makes the loss NaN, and a training step then ends in `LossNotFinite`.
 */
import type { Implementation } from "../implement.ts"
import { crossEntropy, crossEntropyGrad } from "../spec/crossEntropy.ts"
import { rowsOf } from "../spec/Outcome.ts"
import { EXPONENTIAL } from "./exponential.ts"
import { compile, consuming, LANES, onDevice } from "./Program.ts"
import { GREATEST, POWERS, TOTAL } from "./rows.ts"

export const crossEntropyKernels: readonly Implementation[] = [
  onDevice(crossEntropy, (backend, { logits, targets }) => {
    const [rows, width] = rowsOf(logits.shape)
    const losses = lose(backend, { inputs: { logits, targets }, uniforms: { width }, count: rows, shape: [rows] })
    return consuming(backend, losses, () =>
      average(backend, { inputs: { losses }, uniforms: { rows }, count: 1, shape: [] }),
    )
  }),
  onDevice(crossEntropyGrad, (backend, inputs) => {
    const { shape } = inputs.logits
    const [rows, width] = rowsOf(shape)
    return differentiate(backend, { inputs, uniforms: { width }, count: rows, shape })
  }),
]

const lose = compile({
  name: "cross-entropy",
  over: "rows",
  inputs: ["logits", "targets"],
  integers: ["width"],
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
  integers: ["rows"],
  output: "float32",
  functions: [TOTAL],
  body: `
    var sum = 0.0;
    for (var i = lane; i < uniforms.rows; i += ${LANES}) { sum += losses[i]; }
    let all = total(lane, sum);
    if (lane == 0) { result[0] = all / f32(uniforms.rows); }`,
})

const differentiate = compile({
  name: "cross-entropy gradient",
  over: "rows",
  inputs: ["logits", "targets", "dy"],
  integers: ["width"],
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
