/**
 * A WebAssembly function written in TypeScript: integers, four float32 lanes, loops and memory; every operation names its result.
 *
 * Lane operations are IEEE 754 single precision, so a lane has the bits that the same operations of tfjs give, wherever in a tensor it stands.
 * What TypeScript repeats while the function is written (a tile of sums, the last few elements of a row) is unrolled; what `blocks` and
 * `repeat` repeat is a loop.
 */
// ---------------------------------------------------------------- model

/** Four float32 values while the code runs. */
export interface V128 {
  readonly local: number
}

/** An int32 while the code runs: a count, an index, or a place in memory in bytes. */
export interface I32 {
  readonly index: number
}

/** A float beside which no other has fraction bits, so that adding it rounds, half to even; the sum's lowest bits are n and the bias of exponents. */
export const ROUNDING = 1.5 * 2 ** 23 + 127

/** A few neighboring elements of rows, `size` of them: four lanes, or one element in all four. */
export interface Part {
  readonly size: number
  readonly load: (row: I32) => V128
  readonly store: (row: I32, x: V128) => void
}

/**
 * The operations, by the names of the WebAssembly specification: those of `f32x4` and `v128` have no prefix. Operations on vectors work on all four
 * lanes.
 */
export interface Code {
  /** `f32x4` with one number in all lanes. */
  readonly constant: (value: number) => V128
  readonly add: (x: V128, y: V128) => V128
  readonly sub: (x: V128, y: V128) => V128
  readonly mul: (x: V128, y: V128) => V128
  readonly div: (x: V128, y: V128) => V128
  /** y where it is smaller, else x: one instruction, where IEEE's minimum takes nine. A NaN in x stays. */
  readonly pmin: (x: V128, y: V128) => V128
  /** y where it is greater, else x. A NaN in x stays. */
  readonly pmax: (x: V128, y: V128) => V128
  readonly sqrt: (x: V128) => V128
  /** Half to even. */
  readonly nearest: (x: V128) => V128
  readonly floor: (x: V128) => V128
  readonly abs: (x: V128) => V128
  /** All bits of a lane where x > y, else none; none where one of them is NaN. */
  readonly gt: (x: V128, y: V128) => V128
  /** All bits of a lane where x and y are not equal as numbers, as a NaN is not even to itself, else none. */
  readonly ne: (x: V128, y: V128) => V128
  /** `f32x4.convert_i32x4_s`: the float32 of an integer, in all lanes. */
  readonly convert: (n: I32) => V128
  /** 2^n for integers n from -126 to 127, given as n + `ROUNDING`. */
  readonly powerOfTwo: (n: V128) => V128
  /** V128 `first`, `second` and so on of x and y, those of y counted from 4 (`i8x16.shuffle`). */
  readonly shuffle: (x: V128, y: V128, lanes: readonly [number, number, number, number]) => V128
  readonly and: (x: V128, y: V128) => V128
  /** The bits of x that y does not have. */
  readonly andnot: (x: V128, y: V128) => V128
  readonly xor: (x: V128, y: V128) => V128

  readonly i32x4: {
    readonly const: (word: readonly [number, number, number, number]) => V128
    /** An integer in every lane. */
    readonly splat: (n: I32) => V128
    /** Modulo 2^32. */
    readonly add: (x: V128, y: V128) => V128
    /** All bits of a lane where x and y have the same bits, else none. */
    readonly eq: (x: V128, y: V128) => V128
    /** All bits of a lane where x > y without sign, else none. */
    readonly gt_u: (x: V128, y: V128) => V128
    /** The greater as int32, which orders floats that are not negative, and NaN above them. */
    readonly max_s: (x: V128, y: V128) => V128
    /** The low and the high halves of products without sign (`i64x2.extmul_low_i32x4_u` and `extmul_high`). */
    readonly extmul_u: (x: V128, y: V128) => readonly [low: V128, high: V128]
    /** The highest bit of every lane, the first one lowest. */
    readonly bitmask: (x: V128) => I32
  }

  readonly i32: {
    readonly const: (value: number) => I32
    readonly add: (x: I32, y: I32 | number) => I32
    readonly sub: (x: I32, y: I32 | number) => I32
    readonly mul: (x: I32, y: I32 | number) => I32
    /** x / y towards zero. */
    readonly div_s: (x: I32, y: I32 | number) => I32
  }
  /** The smaller of two integers. */
  readonly least: (x: I32, y: I32) => I32

  /** The four elements at a place, and `offset` bytes further. */
  readonly load: (place: I32, offset?: number) => V128
  /** The one element there, in all lanes. */
  readonly splat: (place: I32, offset?: number) => V128
  readonly store: (place: I32, x: V128, offset?: number) => void
  /** Stores the first lane alone. */
  readonly storeOne: (place: I32, x: V128, offset?: number) => void
  readonly storeWhole: (place: I32, x: I32) => void

  /** A value that `assign` changes. */
  readonly variable: (x: V128) => V128
  readonly assign: (variable: V128, x: V128) => void
  readonly counter: (x: I32) => I32
  readonly advance: (counter: I32, by: I32 | number) => void

  /** A loop over `count` things, as many at a time as the first of `sizes` says, then those left over by the next; the last is 1. */
  readonly blocks: (count: I32, sizes: readonly number[], body: (first: I32, size: number) => void) => void
  readonly repeat: (count: I32, body: (i: I32) => void) => void
  /** A loop over the elements of rows, four at a time and the last ones singly. */
  readonly along: (count: I32, body: (part: Part) => void) => void
  /** The sum over the elements of rows, in all lanes. */
  readonly sum: (count: I32, term: (part: Part) => V128) => V128
  /** The greatest over the elements of rows that is no NaN, in all lanes. */
  readonly greatest: (count: I32, term: (part: Part) => V128) => V128
  /** The largest |x| over the elements of rows, in all lanes; NaN if there is one. */
  readonly largest: (count: I32, term: (part: Part) => V128) => V128
}
