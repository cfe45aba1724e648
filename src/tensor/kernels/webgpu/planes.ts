/**
 * `BijouPack` on WebGPU: the parities of a tensor on the grid, 32 in an int32 word, one thread a word.
 *
 * Input `x` (float32), attribute `fractionBits`. Output int32 [ceil(n / 32)], the words of the kernel of this name on wasm.
 */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { compile, onDevice, type WebgpuBackend } from "./Program.ts"

export const bijouPack = onDevice("BijouPack", (backend, inputs, attrs) =>
  pack(backend, inputOf(inputs, "x"), 2 ** Number(attrs["fractionBits"])),
)

/** The parities of x scale. */
export const pack = (backend: WebgpuBackend, x: tf.TensorInfo, scale: number): tf.TensorInfo => {
  const size = sizeOf(x.shape)
  const count = Math.ceil(size / 32)
  return gather(backend, { inputs: { x }, uniforms: { size, scale }, count, shape: [count] })
}

// Two's complement has the parity of |k| in its lowest bit.
const gather = compile({
  name: "pack",
  over: "elements",
  inputs: ["x"],
  wholes: ["size"],
  numbers: ["scale"],
  output: "int32",
  functions: [],
  body: `
    var word = 0u;
    for (var bit = 0; bit < 32; bit++) {
      let i = 32 * index + bit;
      if (i < uniforms.size) { word |= (u32(i32(x[i] * uniforms.scale)) & 1u) << u32(bit); }
    }
    result[index] = bitcast<i32>(word);`,
})
