/**
 * `BijouShift` on WebGPU: x + s d, with s the parities packed by `BijouPack` and d the same for all.
 *
 * Inputs `x` (float32, of n elements) and `words` (int32 [ceil(n / 32)]), attribute `by` (d). Output float32 in the shape of x, every zero +0.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { ONE_ZERO, WORD_BIT } from "./exact.ts"
import { compile, onDevice } from "./Program.ts"

export const bijouShift = onDevice("BijouShift", (backend, inputs, attrs) => {
  const x = inputOf(inputs, "x")
  const count = sizeOf(x.shape)
  const given = { inputs: { x, words: inputOf(inputs, "words") }, uniforms: { by: Number(attrs["by"]) } }
  return shift(backend, { ...given, count, shape: x.shape })
})

const shift = compile({
  name: "shift",
  over: "elements",
  inputs: ["x", "words"],
  wholes: [],
  numbers: ["by"],
  output: "float32",
  functions: [ONE_ZERO, WORD_BIT],
  body: `result[index] = oneZero(x[index] + wordBit(words[index / 32], index) * uniforms.by);`,
})
