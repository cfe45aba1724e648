/** Parities in lanes: 32 in a word, eight times four of them. */
import type { Code, Lanes, Whole } from "./Code.ts"

// ---------------------------------------------------------------- model

/** The elements of one word. */
export const WORD = 32

/** Four elements of a word: how far they stand from its first one, in bytes, and which bits are theirs. */
export interface Four {
  readonly offset: number
  readonly bits: readonly [number, number, number, number]
}

const FOURS: readonly Four[] = Array.from({ length: WORD / 4 }, (_, i) => {
  const bit = 2 ** (4 * i)
  return { offset: 16 * i, bits: [bit, 2 * bit, 4 * bit, 8 * bit] }
})

/** Counts of whole words, where they stand, and the elements that go with them. */
interface Words {
  readonly count: Whole
  readonly words: Whole
  readonly rows: readonly Whole[]
}

// --------------------------------------------------------- constructors

/** A loop that makes words: `odds` tells which of four elements are odd, given the places of the rows at their word. */
export const packWords = (
  code: Code,
  { count, words, rows }: Words,
  odds: (four: Four, at: readonly Whole[]) => Lanes,
): void => {
  const { advance, counter, highest, storeWhole, times, whole } = code
  overWords(code, { count, words, rows }, (place, at) => {
    const word = counter(whole(0))
    for (const four of FOURS) advance(word, times(highest(odds(four, at)), four.bits[0]))
    storeWhole(place, word)
  })
}

/** A loop that reads words: all bits are set in the lanes of odd elements. */
export const unpackWords = (
  code: Code,
  words: Words,
  use: (four: Four, odds: Lanes, at: readonly Whole[]) => void,
): void => {
  const { both, same, splat, words: constant } = code
  overWords(code, words, (place, at) => {
    const word = splat(place)
    for (const four of FOURS) use(four, same(both(word, constant(four.bits)), constant(four.bits)), at)
  })
}

const overWords = (
  { advance, counter, repeat }: Code,
  { count, words, rows }: Words,
  body: (place: Whole, at: readonly Whole[]) => void,
): void => {
  const place = counter(words)
  const at = rows.map(counter)
  repeat(count, () => {
    body(place, at)
    for (const row of at) advance(row, 4 * WORD)
    advance(place, 4)
  })
}

/** All bits where k is odd, for x = k 2^-l; `half` is 2^l / 2. */
export const oddsOf = ({ above, floor, mul }: Code, x: Lanes, half: Lanes): Lanes => {
  const k = mul(x, half)
  return above(k, floor(k))
}
