/**
 * Equality of bit patterns: -0 is not 0, and a NaN equals itself.
 */
import type { eq as Eq } from "fp-ts"

// ------------------------------------------------------------ instances

/** Says whether two numbers have the same bits; JavaScript has one NaN. */
export const numberBits: Eq.Eq<number> = { equals: (x, y) => Object.is(x, y) }

/** Says whether two Float32Arrays have the same length and the same bits. */
export const float32Bits: Eq.Eq<Float32Array> = {
  equals: (x, y) => x.length === y.length && differingBits(x, y) === 0,
}

// ---------------------------------------------------------- destructors

/** Counts the bits that differ in two typed arrays. Throws `RangeError` for different lengths, else `TypeError`. */
export const differingBits = (x: ArrayBufferView, y: ArrayBufferView): number => {
  if (!ArrayBuffer.isView(x) || !ArrayBuffer.isView(y))
    throw new TypeError("Bits are counted in typed arrays. Pass the awaited `data()` of a tensor, not the tensor.")
  if (x.byteLength !== y.byteLength)
    throw new RangeError(
      `${x.byteLength} bytes cannot be compared with ${y.byteLength}. Compare arrays of the same length.`,
    )
  const a = new Uint8Array(x.buffer, x.byteOffset, x.byteLength)
  const b = new Uint8Array(y.buffer, y.byteOffset, y.byteLength)
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
