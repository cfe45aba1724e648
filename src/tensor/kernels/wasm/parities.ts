/** Parities in lanes: 32 per word, as eight groups of four. */
import type { Code, V128, I32 } from "./assembler/Code.ts"

// ---------------------------------------------------------------- model

/** The number of elements in one word. */
export const WORD = 32

/** Four elements of a word: their offset in bytes from its first element, and their bits in the word. */
export interface Four {
  readonly offset: number
  readonly bits: readonly [number, number, number, number]
}

const FOURS: readonly Four[] = Array.from({ length: WORD / 4 }, (_, i) => {
  const bit = 2 ** (4 * i)
  return { offset: 16 * i, bits: [bit, 2 * bit, 4 * bit, 8 * bit] }
})

/** The number of complete words, their address, and the addresses of their elements. */
interface Words<Row extends string> {
  readonly count: I32
  readonly words: I32
  readonly rows: Readonly<Record<Row, I32>>
}

// --------------------------------------------------------- constructors

/**
 * Writes a loop that packs words. `odds` returns which of four elements are odd, given the addresses of the rows at
 * their word.
 */
export const packWords = <Row extends string>(
  code: Code,
  words: Words<Row>,
  odds: (four: Four, at: Readonly<Record<Row, I32>>) => V128,
): void => {
  const { advance, counter, i32, i32x4, storeWhole } = code
  overWords(code, words, (place, at) => {
    const word = counter(i32.const(0))
    for (const four of FOURS) advance(word, i32.mul(i32x4.bitmask(odds(four, at)), four.bits[0]))
    storeWhole(place, word)
  })
}

/** Writes a loop that unpacks words. All bits are set in the lanes of odd elements. */
export const unpackWords = <Row extends string>(
  code: Code,
  words: Words<Row>,
  use: (four: Four, odds: V128, at: Readonly<Record<Row, I32>>) => void,
): void => {
  const { and, i32x4, splat } = code
  overWords(code, words, (place, at) => {
    const word = splat(place)
    for (const four of FOURS) use(four, i32x4.eq(and(word, i32x4.const(four.bits)), i32x4.const(four.bits)), at)
  })
}

const overWords = <Row extends string>(
  { advance, counter, repeat }: Code,
  { count, words, rows }: Words<Row>,
  body: (place: I32, at: Readonly<Record<Row, I32>>) => void,
): void => {
  const place = counter(words)
  const at = Object.fromEntries(Object.entries<I32>(rows).map(([row, first]) => [row, counter(first)]))
  repeat(count, () => {
    body(place, at as Record<Row, I32>) // at has every name
    for (const row of Object.values(at)) advance(row, 4 * WORD)
    advance(place, 4)
  })
}

/** Sets all bits of the lanes where k is odd, for x = k 2^-l; `half` is 2^l / 2. */
export const oddsOf = ({ floor, gt, mul }: Code, x: V128, half: V128): V128 => {
  const k = mul(x, half)
  return gt(k, floor(k))
}
