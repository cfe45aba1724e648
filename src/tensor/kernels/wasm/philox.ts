/** `src/core/Philox.ts` over four lanes: four blocks at a time, a lane each. */
import type { Code, Lanes, Whole } from "./assembler/Code.ts"
import type { Four } from "./turnFour.ts"

/** The keys of all ten rounds, which do not depend on the counter. */
export const roundKeys = ({ addWords, spread, words }: Code, low: Whole, high: Whole) => {
  const [first, second] = [spread(low), spread(high)]
  const after = (rounds: number, step: number) => alike(words, Math.imul(rounds, step) >>> 0)
  return Array.from(
    { length: 10 },
    (_, round) => [addWords(first, after(round, 0x9e3779b9)), addWords(second, after(round, 0xbb67ae85))] as const,
  )
}

/** The four words of the blocks at four counters, whose words are given, the least significant first; a lane has those of one block. */
export const philox = (code: Code, keys: ReturnType<typeof roundKeys>, counters: Four): Four => {
  const { mulWords, unlike, words } = code
  let [w0, w1, w2, w3] = counters
  for (const [key0, key1] of keys) {
    const [low0, high0] = mulWords(w0, alike(words, 0xd2511f53))
    const [low1, high1] = mulWords(w2, alike(words, 0xcd9e8d57))
    w0 = unlike(unlike(high1, w1), key0)
    w2 = unlike(unlike(high0, w3), key1)
    w1 = low1
    w3 = low0
  }
  return [w0, w1, w2, w3]
}

/** A word in all lanes. */
const alike = (words: Code["words"], word: number): Lanes => words([word, word, word, word])
