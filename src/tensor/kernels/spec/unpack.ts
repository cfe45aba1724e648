/** The inverse of `pack`: parities as grid steps. */
import { ShapeMismatch } from "../../../core/errors/ShapeMismatch.ts"
import { sizeOf } from "../../../exact/frame.ts"
import { tf } from "../../tf.ts"
import { run } from "../dispatch.ts"
import { given, show } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { fresh, makes } from "./Outcome.ts"
import { BITS_PER_WORD, powersOfTwo, wordsOf } from "./pack.ts"

export interface UnpackAttributes {
  /** The shape of the activations that the words belong to. */
  readonly shape: readonly number[]
  readonly fractionBits: number
}

/** Returns a float32 tensor of 0 and 2^-l from the words of `pack`. */
export const unpack: Kernel<{ readonly words: One }, UnpackAttributes, One> = {
  name: "BijouUnpack",
  layer: "A plane",
  check: (call) => {
    const words = given(call, "words")
    const { shape } = call.attributes
    const count = wordsOf(shape)
    if (words.dtype !== "int32" || sizeOf(words.shape) !== count)
      throw new ShapeMismatch(
        `${call.layer} of ${show(words)} cannot fit activations [${shape.join(", ")}], which need ${count} words. Use the plane of this block.`,
      )
  },
  outcome: (_inputs, { shape }) => makes(fresh(shape)),
  composed: ({ words }, { shape, fractionBits }) => stepsOf(words, shape, 2 ** -fractionBits),
}

/**
 * Returns each parity times `step`, in the shape of the activations. Only a kernel can unpack words that a kernel
 * packed.
 */
export const stepsOf = (words: tf.Tensor, shape: readonly number[], step: number): tf.Tensor =>
  tf.tidy(() => {
    if (words.dtype === "int32") return tf.mul(run(unpack, { words }, { shape, fractionBits: 0 }), step)
    return words
      .reshape([words.size, 1])
      .mul(powersOfTwo(-1))
      .floor()
      .mod(2)
      .mul(step)
      .reshape([words.size * BITS_PER_WORD])
      .slice(0, sizeOf(shape))
      .reshape([...shape])
  })
