/**
 * Equality of bit patterns: -0 is not 0, and a NaN equals itself.
 */
import type { eq as Eq } from "fp-ts"

// ------------------------------------------------------------ instances

/** Numbers of the same bits; JavaScript has one NaN. */
export const numberBits: Eq.Eq<number> = { equals: (x, y) => Object.is(x, y) }

/** Float32Arrays of one length with the same bits everywhere. */
export const float32Bits: Eq.Eq<Float32Array> = {
  equals: (x, y) => x.length === y.length && differingBits(x, y) === 0,
}

// ---------------------------------------------------------- destructors

/** In how many bits two arrays of one length differ. */
export const differingBits = (x: Float32Array, y: Float32Array): number => {
  const a = new Uint32Array(x.buffer, x.byteOffset, x.length)
  const b = new Uint32Array(y.buffer, y.byteOffset, y.length)
  let count = 0
  for (let i = 0; i < a.length; i++) count += ones((a[i] ?? 0) ^ (b[i] ?? 0))
  return count
}

const ones = (word: number): number => {
  let left = word
  let count = 0
  while (left !== 0) {
    left &= left - 1
    count++
  }
  return count
}
