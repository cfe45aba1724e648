/**
 * A WebAssembly function written in TypeScript: whole numbers, four float32 lanes, loops and memory; every operation names its result.
 *
 * Lane operations are IEEE 754 single precision, so a lane has the bits that the same operations of tfjs give, wherever in a tensor it stands.
 * What TypeScript repeats while the function is written (a tile of sums, the last few elements of a row) is unrolled; what `blocks` and
 * `repeat` repeat is a loop.
 */
// ---------------------------------------------------------------- model

/** Four float32 values while the code runs. */
export interface Lanes {
  readonly local: number
}

/** An int32 while the code runs: a count, an index, or a place in memory in bytes. */
export interface Whole {
  readonly index: number
}

/** A float beside which no other has fraction bits, so that adding it rounds, half to even; the sum's lowest bits are n and the bias of exponents. */
export const ROUNDING = 1.5 * 2 ** 23 + 127

/** A few neighboring elements of rows, `size` of them: four lanes, or one element in all four. */
export interface Part {
  readonly size: number
  readonly load: (row: Whole) => Lanes
  readonly store: (row: Whole, x: Lanes) => void
}

/** The operations; those on lanes work on all four. */
export interface Code {
  readonly constant: (value: number) => Lanes
  readonly add: (x: Lanes, y: Lanes) => Lanes
  readonly sub: (x: Lanes, y: Lanes) => Lanes
  readonly mul: (x: Lanes, y: Lanes) => Lanes
  readonly div: (x: Lanes, y: Lanes) => Lanes
  /** y where it is smaller, else x: one instruction, where IEEE's minimum takes nine. A NaN in x stays. */
  readonly min: (x: Lanes, y: Lanes) => Lanes
  /** y where it is greater, else x. A NaN in x stays. */
  readonly max: (x: Lanes, y: Lanes) => Lanes
  /** The greater of x and y as int32, which orders floats that are not negative, and NaN above them. */
  readonly maxBits: (x: Lanes, y: Lanes) => Lanes
  readonly sqrt: (x: Lanes) => Lanes
  /** Half to even. */
  readonly nearest: (x: Lanes) => Lanes
  readonly floor: (x: Lanes) => Lanes
  readonly abs: (x: Lanes) => Lanes
  /** 2^n for whole n from -126 to 127, given as n + `ROUNDING`. */
  readonly powerOfTwo: (n: Lanes) => Lanes
  /** The float32 of a whole number. */
  readonly fromWhole: (n: Whole) => Lanes
  /** Lanes `first`, `second` and so on of x and y, those of y counted from 4. */
  readonly shuffle: (x: Lanes, y: Lanes, lanes: readonly [number, number, number, number]) => Lanes
  /** All bits of a lane where x > y, else none; none where one of them is NaN. */
  readonly above: (x: Lanes, y: Lanes) => Lanes
  /** All bits of a lane where x and y have the same bits, else none. */
  readonly same: (x: Lanes, y: Lanes) => Lanes
  /** All bits of a lane where x and y are not equal as numbers, as a NaN is not even to itself, else none. */
  readonly unequal: (x: Lanes, y: Lanes) => Lanes
  /** The bits that both have. */
  readonly both: (x: Lanes, y: Lanes) => Lanes
  /** The bits of x that y does not have. */
  readonly without: (x: Lanes, y: Lanes) => Lanes
  /** Four int32 words. */
  readonly words: (word: readonly [number, number, number, number]) => Lanes
  /** The bits that one of them has and the other does not. */
  readonly unlike: (x: Lanes, y: Lanes) => Lanes
  /** Sums of words, modulo 2^32. */
  readonly addWords: (x: Lanes, y: Lanes) => Lanes
  /** The low and the high halves of products of words without sign. */
  readonly mulWords: (x: Lanes, y: Lanes) => readonly [low: Lanes, high: Lanes]
  /** All bits of a lane where x > y as words without sign, else none. */
  readonly aboveWords: (x: Lanes, y: Lanes) => Lanes
  /** A whole number as the word of every lane. */
  readonly spread: (n: Whole) => Lanes
  /** The highest bit of every lane, the first one lowest. */
  readonly highest: (x: Lanes) => Whole

  readonly whole: (value: number) => Whole
  readonly plus: (x: Whole, y: Whole | number) => Whole
  readonly minus: (x: Whole, y: Whole | number) => Whole
  readonly times: (x: Whole, y: Whole | number) => Whole
  /** x / y towards zero. */
  readonly quotient: (x: Whole, y: Whole | number) => Whole
  readonly least: (x: Whole, y: Whole) => Whole

  /** The four elements at a place, and `offset` bytes further. */
  readonly load: (place: Whole, offset?: number) => Lanes
  /** The one element there, in all lanes. */
  readonly splat: (place: Whole, offset?: number) => Lanes
  readonly store: (place: Whole, x: Lanes, offset?: number) => void
  /** Stores the first lane alone. */
  readonly storeOne: (place: Whole, x: Lanes, offset?: number) => void
  readonly storeWhole: (place: Whole, x: Whole) => void

  /** A value that `assign` changes. */
  readonly variable: (x: Lanes) => Lanes
  readonly assign: (variable: Lanes, x: Lanes) => void
  readonly counter: (x: Whole) => Whole
  readonly advance: (counter: Whole, by: Whole | number) => void

  /** A loop over `count` things, as many at a time as the first of `sizes` says, then those left over by the next; the last is 1. */
  readonly blocks: (count: Whole, sizes: readonly number[], body: (first: Whole, size: number) => void) => void
  readonly repeat: (count: Whole, body: (i: Whole) => void) => void
  /** A loop over the elements of rows, four at a time and the last ones singly. */
  readonly along: (count: Whole, body: (part: Part) => void) => void
  /** The sum over the elements of rows, in all lanes. */
  readonly sum: (count: Whole, term: (part: Part) => Lanes) => Lanes
  /** The greatest over the elements of rows that is no NaN, in all lanes. */
  readonly greatest: (count: Whole, term: (part: Part) => Lanes) => Lanes
  /** The largest |x| over the elements of rows, in all lanes; NaN if there is one. */
  readonly largest: (count: Whole, term: (part: Part) => Lanes) => Lanes
}
