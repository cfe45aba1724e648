/**
 * `BijouUnpack` on WebGPU: parities packed by `BijouPack`, as a tensor of 0 and 2^-l.
 *
 * Input `words` (int32 [ceil(n / 32)]), attributes `shape` (of n elements) and `fractionBits` (l). Output float32 of that shape.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { WORD_BIT } from "./exact.ts"
import { compile, onDevice } from "./Program.ts"

export const bijouUnpack = onDevice("BijouUnpack", (backend, inputs, attrs) => {
  const words = inputOf(inputs, "words")
  const shape = attrs["shape"] as readonly number[] // the attribute is ours, and is always a shape
  const count = sizeOf(shape)
  if (sizeOf(words.shape) !== Math.ceil(count / 32)) {
    throw new Error(
      `The shape [${shape}] has ${count} elements, which is ${Math.ceil(count / 32)} words, but the plane has ${sizeOf(words.shape)}.`,
    )
  }
  return spread(backend, { inputs: { words }, uniforms: { unit: 2 ** -Number(attrs["fractionBits"]) }, count, shape })
})

const spread = compile({
  name: "unpack",
  over: "elements",
  inputs: ["words"],
  wholes: [],
  numbers: ["unit"],
  output: "float32",
  functions: [WORD_BIT],
  body: `result[index] = wordBit(words[index / 32], index) * uniforms.unit;`,
})
