/**
 * `BijouDrift` on WebGPU: BDIA's one rounding operation, Q((1-g) x + (1+g) h), one g for each sample.
 *
 * Inputs `x` and `h` (float32 [batch, ...]), attributes `own` and `change` (the coefficients of x and h, times 2^l, one for each sample) and
 * `step` (2^-l for each sample). The bits of the same operations of tfjs.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { DRIFT } from "./exact.ts"
import { compile, onDevice, withNumbers } from "./Program.ts"

export const bijouDrift = onDevice("BijouDrift", (backend, inputs, attrs) => {
  const [x, h] = [inputOf(inputs, "x"), inputOf(inputs, "h")]
  const { own, change, step } = attrs as Readonly<Record<"own" | "change" | "step", readonly number[]>> // the attributes are ours
  const [count, samples] = [sizeOf(x.shape), own.length]
  return withNumbers(backend, [...own, ...change, ...step], (numbers) =>
    drift(backend, { inputs: { x, h, numbers }, uniforms: { samples, each: count / samples }, count, shape: x.shape }),
  )
})

const drift = compile({
  name: "drift",
  over: "elements",
  inputs: ["x", "h", "numbers"],
  wholes: ["samples", "each"],
  numbers: [],
  output: "float32",
  functions: [DRIFT],
  body: `
    let s = index / uniforms.each;
    let n = uniforms.samples;
    result[index] = drift(x[index], h[index], numbers[s], numbers[n + s], numbers[2 * n + s]);`,
})
