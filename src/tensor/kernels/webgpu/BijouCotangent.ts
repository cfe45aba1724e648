/**
 * `BijouCotangent` on WebGPU: the cotangents of a step of BDIA, g dn and (dx + (1-g) dn) + jx, added in this order.
 *
 * Inputs `dx`, `dn` and `jx` (float32 [batch, ...]), attribute `gamma` (one for each sample). Outputs those of previous and of x.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../typed/fromTyped.ts"
import { PRODUCT } from "./exact.ts"
import { compile, onDevice, withNumbers } from "./Program.ts"

export const bijouCotangent = onDevice("BijouCotangent", (backend, inputs, attrs) => {
  const [dx, dn, jx] = [inputOf(inputs, "dx"), inputOf(inputs, "dn"), inputOf(inputs, "jx")]
  const gamma = attrs["gamma"] as readonly number[] // the attribute is ours
  const count = sizeOf(dn.shape)
  const uniforms = { each: count / gamma.length }
  return [
    withNumbers(backend, gamma, (numbers) =>
      scale(backend, { inputs: { dn, numbers }, uniforms, count, shape: dn.shape }),
    ),
    withNumbers(
      backend,
      gamma.map((g) => 1 - g),
      (numbers) => add(backend, { inputs: { dx, dn, jx, numbers }, uniforms, count, shape: dn.shape }),
    ),
  ]
})

const scale = compile({
  name: "cotangent of previous",
  over: "elements",
  inputs: ["dn", "numbers"],
  wholes: ["each"],
  numbers: [],
  output: "float32",
  functions: [],
  body: `result[index] = dn[index] * numbers[index / uniforms.each];`,
})

const add = compile({
  name: "cotangent of x",
  over: "elements",
  inputs: ["dx", "dn", "jx", "numbers"],
  wholes: ["each"],
  numbers: [],
  output: "float32",
  functions: [PRODUCT],
  body: `result[index] = (dx[index] + product(dn[index], numbers[index / uniforms.each])) + jx[index];`,
})
