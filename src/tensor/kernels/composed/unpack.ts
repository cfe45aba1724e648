/** The way back from `pack.ts`, in plain tfjs operations. */
import { sizeOf } from "../../../exact/frame.ts"
import { tf } from "../../tf.ts"
import { BITS_PER_WORD, powersOfTwo } from "./pack.ts"

/** A tensor of the given shape whose elements are 0 and 2^-l, from a plane of `pack`. */
export const unpack = (words: tf.Tensor1D, shape: readonly number[], fractionBits: number): tf.Tensor =>
  tf.tidy(() => {
    return words
      .reshape([words.size, 1])
      .mul(powersOfTwo(-1))
      .floor()
      .mod(2)
      .mul(2 ** -fractionBits)
      .reshape([words.size * BITS_PER_WORD])
      .slice(0, sizeOf(shape))
      .reshape([...shape])
  })
