/** `src/core/Philox.ts` in four lanes: four blocks at a time, one per lane. */
import type { Code, V128, I32 } from "./assembler/Code.ts"
import type { Four } from "./turnFour.ts"

/** Computes the keys of all ten rounds, which do not depend on the counter. */
export const roundKeys = ({ i32x4 }: Code, low: I32, high: I32) => {
  const [first, second] = [i32x4.splat(low), i32x4.splat(high)]
  const after = (rounds: number, step: number) => alike(i32x4, Math.imul(rounds, step) >>> 0)
  return Array.from(
    { length: 10 },
    (_, round) => [i32x4.add(first, after(round, 0x9e3779b9)), i32x4.add(second, after(round, 0xbb67ae85))] as const,
  )
}

/**
 * Computes the four words of the blocks at four counters. The words of the counters are given, the least significant
 * first. Each lane has the words of one block.
 */
export const philox = (code: Code, keys: ReturnType<typeof roundKeys>, counters: Four): Four => {
  const { i32x4, xor } = code
  let [w0, w1, w2, w3] = counters
  for (const [key0, key1] of keys) {
    const [low0, high0] = i32x4.extmul_u(w0, alike(i32x4, 0xd2511f53))
    const [low1, high1] = i32x4.extmul_u(w2, alike(i32x4, 0xcd9e8d57))
    w0 = xor(xor(high1, w1), key0)
    w2 = xor(xor(high0, w3), key1)
    w1 = low1
    w3 = low0
  }
  return [w0, w1, w2, w3]
}

/** Returns a word in all lanes. */
const alike = (i32x4: Code["i32x4"], word: number): V128 => i32x4.const([word, word, word, word])
