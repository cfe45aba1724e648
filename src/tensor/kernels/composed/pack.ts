/**
 * The parities of a tensor on the grid, 24 in a float32, in plain tfjs operations: for backends without the kernel `BijouPack`.
 *
 * word_j = sum over i < 24 of 2^i (k_{24 j + i} mod 2), below 2^24 and so exact in any order of addition.
 */
import { tf } from "../../tf.ts"

/** The number of parities in one word. */
export const BITS_PER_WORD = 24

/** The parity plane of x = k 2^-l, any shape of n elements: float32 [ceil(n / 24)]. */
export const pack = (x: tf.Tensor, fractionBits: number): tf.Tensor1D =>
  tf.tidy(() => {
    const words = Math.ceil(x.size / BITS_PER_WORD)
    const parities = x
      .reshape([x.size])
      .mul(2 ** fractionBits)
      .mod(2)
      .pad([[0, words * BITS_PER_WORD - x.size]])
      .reshape([words, BITS_PER_WORD])
    return parities.mul(powersOfTwo(1)).sum<tf.Tensor1D>(1)
  })

/** [1, 2, 4, ...] for sign = 1, [1, 1/2, 1/4, ...] for sign = -1; one for each parity in a word. */
export const powersOfTwo = (sign: 1 | -1): tf.Tensor1D =>
  tf.tensor1d(Array.from({ length: BITS_PER_WORD }, (_, i) => 2 ** (sign * i)))
