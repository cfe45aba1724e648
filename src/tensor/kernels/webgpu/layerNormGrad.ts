/**
 * `BijouLayerNormGrad` on WebGPU: the gradients of `BijouLayerNorm`. With y the normalized row, r = 1 / sqrt(variance + 1e-5) and g = dy gain,
 *
 *     dx = r (g - mean(g) - y mean(g y)),   dgain = sum of dy y over rows,   dbias = sum of dy over rows
 *
 * Inputs `x` and `dy` (float32 [..., width]), `gain` (float32 [width]). Outputs dx, dgain, dbias.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { columnSums, overRows } from "./columnSums.ts"
import { compile, consuming, LANES, onDevice } from "./Program.ts"
import { MOMENTS, TOTAL } from "./rows.ts"

export const bijouLayerNormGrad = onDevice("BijouLayerNormGrad", (backend, inputs) => {
  const [x, gain, dy] = [inputOf(inputs, "x"), inputOf(inputs, "gain"), inputOf(inputs, "dy")]
  const { shape } = x
  const width = shape.at(-1) ?? 1
  const rows = sizeOf(shape) / width
  const dx = differentiate(backend, { inputs: { x, gain, dy }, uniforms: { width }, count: rows, shape })
  const moments = measure(backend, { inputs: { x }, uniforms: { width }, count: rows, shape: [rows, 2] })
  const dgain = consuming(backend, moments, () =>
    sum(backend, { inputs: { x, dy, moments }, uniforms: { rows }, count: width, shape: [width] }),
  )
  return [dx, dgain, columnSums(backend, dy)]
})

const differentiate = compile({
  name: "layer norm gradient",
  over: "rows",
  inputs: ["x", "gain", "dy"],
  wholes: ["width"],
  numbers: [],
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

/** Mean and scale of every row. */
const measure = compile({
  name: "moments",
  over: "rows",
  inputs: ["x"],
  wholes: ["width"],
  numbers: [],
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
  wholes: ["rows"],
  numbers: [],
  output: "float32",
  functions: [],
  body: `
    let width = uniforms.count;
    ${overRows("dy[row * width + index] * ((x[row * width + index] - moments[2 * row]) * moments[2 * row + 1])")}
    result[index] = total;`,
})
