/** Layer normalization on WebGPU, within 3e-6 of the largest value. The gradient recomputes the moments. */
import type { Implementation } from "../implement.ts"
import { given } from "../spec/checks.ts"
import { layerNorm, layerNormGrad } from "../spec/layerNorm.ts"
import { rowsOf } from "../spec/Outcome.ts"
import { columnSums, overRows } from "./columns.ts"
import { compile, consuming, LANES, onDevice } from "./Program.ts"
import { MOMENTS, TOTAL } from "./rows.ts"

export const layerNormKernels: readonly Implementation[] = [
  onDevice(layerNorm, (backend, inputs) => {
    const { shape } = inputs.x
    const [rows, width] = rowsOf(shape)
    return [normalize(backend, { inputs, uniforms: { width }, count: rows, shape })] as const
  }),
  onDevice(layerNormGrad, (backend, inputs) => {
    const { gain, dy } = inputs
    const x = given({ layer: layerNormGrad.layer, inputs }, "x")
    const [rows, width] = rowsOf(x.shape)
    const dx = differentiate(backend, { inputs: { x, gain, dy }, uniforms: { width }, count: rows, shape: x.shape })
    const moments = measure(backend, { inputs: { x }, uniforms: { width }, count: rows, shape: [rows, 2] })
    const dgain = consuming(backend, moments, () =>
      sum(backend, { inputs: { x, dy, moments }, uniforms: { rows }, count: width, shape: [width] }),
    )
    return [dx, dgain, columnSums(backend, dy)] as const
  }),
]

const normalize = compile({
  name: "layer norm",
  over: "rows",
  inputs: ["x", "gain", "bias"],
  integers: ["width"],
  output: "float32",
  functions: [TOTAL],
  body: `${MOMENTS}
    if (row < uniforms.count) {
      for (var j = lane; j < width; j += ${LANES}) {
        result[first + j] = (x[first + j] - mean) * scale * gain[j] + bias[j];
      }
    }`,
})

const differentiate = compile({
  name: "layer norm gradient",
  over: "rows",
  inputs: ["x", "gain", "dy"],
  integers: ["width"],
  output: "float32",
  functions: [TOTAL],
  body: `${MOMENTS}
    var plain = 0.0;
    var along = 0.0;
    for (var j = lane; j < width; j += ${LANES}) {
      let g = dy[first + j] * gain[j];
      plain += g;
      along += g * ((x[first + j] - mean) * scale);
    }
    let average = total(lane, plain) / f32(width);
    let slope = total(lane, along) / f32(width);
    if (row < uniforms.count) {
      for (var j = lane; j < width; j += ${LANES}) {
        let y = (x[first + j] - mean) * scale;
        result[first + j] = scale * ((dy[first + j] * gain[j] - average) - y * slope);
      }
    }`,
})

/** Computes the mean and the scale of each row. */
const measure = compile({
  name: "moments",
  over: "rows",
  inputs: ["x"],
  integers: ["width"],
  output: "float32",
  functions: [TOTAL],
  body: `${MOMENTS}
    if (lane == 0 && row < uniforms.count) {
      result[2 * row] = mean;
      result[2 * row + 1] = scale;
    }`,
})

const sum = compile({
  name: "layer norm gradient of gain",
  over: "elements",
  inputs: ["x", "dy", "moments"],
  integers: ["rows"],
  output: "float32",
  body: `
    let width = uniforms.count;
    ${overRows("dy[row * width + index] * ((x[row * width + index] - moments[2 * row]) * moments[2 * row + 1])")}
    result[index] = total;`,
})
