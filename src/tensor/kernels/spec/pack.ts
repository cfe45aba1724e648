/**
 * Packs the parities of a tensor on the grid: kernels pack 32 per int32, and plain operations pack 24 per float32.
 *
 * word_j = sum over i < 24 of 2^i (k_{24 j + i} mod 2) is below 2^24, so it is exact in any order of addition.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { tf } from "../../tf.ts"
import { alike } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { fresh, makes } from "./Outcome.ts"

/** The number of parities in one float32 word. */
export const BITS_PER_WORD = 24

/**
 * Packs the parities of x = k 2^-l, a tensor of n elements. A kernel returns int32 `[ceil(n / 32)]`. Bit i mod 32 of
 * word i div 32, least significant first, is the parity of k_i (|k| mod 2 for negative k), and the bits after the last
 * element are 0. The composition returns float32 `[ceil(n / 24)]`.
 */
export const pack: Kernel<{ readonly x: One }, { readonly fractionBits: number }, One> = {
  name: "BijouPack",
  layer: "A plane",
  check: (call) => void alike(call, "x"),
  outcome: ({ x }) => makes(fresh([wordsOf(x.shape)], "int32")),
  composed: ({ x }, { fractionBits }) =>
    tf.tidy(() => {
      const words = Math.ceil(x.size / BITS_PER_WORD)
      const parities = x
        .reshape([x.size])
        .mul(2 ** fractionBits)
        .mod(2)
        .pad([[0, words * BITS_PER_WORD - x.size]])
        .reshape([words, BITS_PER_WORD])
      return parities.mul(powersOfTwo(1)).sum(1)
    }),
}

/** Returns the number of int32 words for the parities of a tensor. */
export const wordsOf = (shape: readonly number[]): number => Math.ceil(sizeOf(shape) / 32)

/** Returns [1, 2, 4, ...] for sign = 1 and [1, 1/2, 1/4, ...] for sign = -1, one for each parity in a word. */
export const powersOfTwo = (sign: 1 | -1): tf.Tensor1D =>
  tf.tensor1d(Array.from({ length: BITS_PER_WORD }, (_, i) => 2 ** (sign * i)))
