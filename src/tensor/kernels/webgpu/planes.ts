/** Packed parities on WebGPU: one thread packs a word, and one thread unpacks or shifts an element. */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import type { Implementation } from "../implement.ts"
import { pack, wordsOf } from "../spec/pack.ts"
import { shift } from "../spec/shift.ts"
import { unpack } from "../spec/unpack.ts"
import { compile, forEachOf, onDevice, type WebgpuBackend } from "./Program.ts"

export const planeKernels: readonly Implementation[] = [
  onDevice(pack, (backend, { x }, { fractionBits }) => packed(backend, x, 2 ** fractionBits)),
  onDevice(unpack, (backend, { words }, { shape, fractionBits }) =>
    spread(backend, { inputs: { words }, uniforms: { unit: 2 ** -fractionBits }, count: sizeOf(shape), shape }),
  ),
  onDevice(shift, (backend, inputs, uniforms) => move(backend, { inputs, uniforms, ...forEachOf(inputs.x) })),
]

/** Packs the parities of x scale into words. */
export const packed = (backend: WebgpuBackend, x: tf.TensorInfo, scale: number): tf.TensorInfo => {
  const count = wordsOf(x.shape)
  return gather(backend, { inputs: { x }, uniforms: { size: sizeOf(x.shape), scale }, count, shape: [count] })
}

/** WGSL for x with -0 replaced by +0 by its bits; a compiler may drop the addition of a literal 0. */
export const ONE_ZERO = `
  fn oneZero(x : f32) -> f32 {
    let bits = bitcast<u32>(x);
    return bitcast<f32>(select(bits, 0u, (bits & 0x7fffffffu) == 0u));
  }`

/** WGSL for bit `index` mod 32 of a word, as 0 or 1. */
export const WORD_BIT = `
  fn wordBit(word : i32, index : i32) -> f32 {
    return f32((bitcast<u32>(word) >> (u32(index) & 31u)) & 1u);
  }`

// Two's complement has the parity of |k| in its lowest bit.
const gather = compile({
  name: "pack",
  over: "elements",
  inputs: ["x"],
  integers: ["size"],
  numbers: ["scale"],
  output: "int32",
  body: `
    var word = 0u;
    for (var bit = 0; bit < 32; bit++) {
      let i = 32 * index + bit;
      if (i < uniforms.size) { word |= (u32(i32(x[i] * uniforms.scale)) & 1u) << u32(bit); }
    }
    result[index] = bitcast<i32>(word);`,
})

const spread = compile({
  name: "unpack",
  over: "elements",
  inputs: ["words"],
  numbers: ["unit"],
  output: "float32",
  functions: [WORD_BIT],
  body: `result[index] = wordBit(words[index / 32], index) * uniforms.unit;`,
})

const move = compile({
  name: "shift",
  over: "elements",
  inputs: ["x", "words"],
  numbers: ["by"],
  output: "float32",
  functions: [ONE_ZERO, WORD_BIT],
  body: `result[index] = oneZero(x[index] + wordBit(words[index / 32], index) * uniforms.by);`,
})
