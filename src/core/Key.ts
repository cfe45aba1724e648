/**
 * Keys of random numbers: 64 bits that split by name.
 *
 * A key is made from a seed, then folded with the training step and with every name of the path. So a draw is a
 * function of (seed, step, path, sample) only. It does not depend on order, worker or position in the batch.
 */
import { philox } from "./Philox.ts"

// ---------------------------------------------------------------- model

/** A Philox key of two unsigned 32-bit words. */
export interface Key {
  readonly low: number
  readonly high: number
}

/** Makes keys from a seed and splits them by name or step. The same names in the same order give the same key. */
export const Key = {
  // -------------------------------------------------------- constructors

  /** Makes a key from a seed, a non-negative integer below 2^53. Throws `RangeError` for any other number. */
  fromSeed: (seed: number): Key => {
    if (!Number.isSafeInteger(seed) || seed < 0)
      throw new RangeError(`A seed must be a non-negative integer below 2^53, not ${seed}.`)
    return { low: seed >>> 0, high: Math.floor(seed / 2 ** 32) }
  },

  // --------------------------------------------------------- combinators

  /** Derives the key of the part called `name`: 16 bits of the name per counter word, its length in the last block. */
  child:
    (name: string) =>
    (key: Key): Key => {
      const words = Uint32Array.of(key.low, key.high, 0, 0)
      const code = (i: number) => (i < name.length ? name.charCodeAt(i) : 0)
      for (let i = 0; i < name.length; i += 4)
        philox(words, 0, words[0] ?? 0, words[1] ?? 0, [code(i), code(i + 1), code(i + 2), code(i + 3)])
      philox(words, 0, words[0] ?? 0, words[1] ?? 0, [name.length, 0, 0, 0xffffffff])
      return { low: words[0] ?? 0, high: words[1] ?? 0 }
    },

  /** Derives the key of training step `step`. */
  step:
    (step: number) =>
    (key: Key): Key =>
      Key.child(`step ${step}`)(key),
}
