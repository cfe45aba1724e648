/**
 * Philox4x32-10, the counter-based generator of all keys and draws.
 *
 * One block maps a 64-bit key and a 128-bit counter to 128 bits. It has no state, so a draw does not depend on earlier
 * draws. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 */

// ---------------------------------------------------------------- model

/** A counter block, least significant word first. */
export type Counter = readonly [number, number, number, number]

// ----------------------------------------------------------- combinators

/** Writes the four words of one block to `out[at]` .. `out[at + 3]`; keys and counters are unsigned 32-bit words. */
export const philox = (out: Uint32Array, at: number, k0: number, k1: number, counter: Counter): void => {
  let [w0, w1, w2, w3] = counter
  let key0 = k0
  let key1 = k1
  for (let round = 0; round < 10; round++) {
    const high0 = highWord(0xd2511f53, w0)
    const high1 = highWord(0xcd9e8d57, w2)
    const low0 = Math.imul(0xd2511f53, w0)
    const low1 = Math.imul(0xcd9e8d57, w2)
    w0 = high1 ^ w1 ^ key0
    w2 = high0 ^ w3 ^ key1
    w1 = low1
    w3 = low0
    key0 = (key0 + 0x9e3779b9) | 0
    key1 = (key1 + 0xbb67ae85) | 0
  }
  out[at] = w0
  out[at + 1] = w1
  out[at + 2] = w2
  out[at + 3] = w3
}

/** Computes the high 32 bits of an unsigned product from 16-bit halves, so that every partial sum is exact. */
const highWord = (a: number, b: number): number => {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  const middle = (Math.imul(a1, b0) >>> 0) + ((Math.imul(a0, b0) >>> 0) >>> 16)
  const carry = (Math.imul(a0, b1) >>> 0) + (middle & 0xffff)
  return ((Math.imul(a1, b1) >>> 0) + (middle >>> 16) + (carry >>> 16)) | 0
}
