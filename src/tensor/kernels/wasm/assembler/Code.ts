/**
 * A WebAssembly function written in TypeScript, with integers, four float32 lanes, loops and memory. Every operation
 * returns its result.
 *
 * Lane operations are IEEE 754 single precision, so every lane has the bits of the same tfjs operations, at any
 * position in a tensor. TypeScript loops that run while the function is written (over a tile of sums or the last few
 * elements of a row) are unrolled; `blocks` and `repeat` write loops.
 */
// ---------------------------------------------------------------- model

/** Four float32 values at run time. */
export interface V128 {
  readonly local: number
}

/** An int32 at run time: a count, an index or a byte address. */
export interface I32 {
  readonly index: number
}

/**
 * A float so large that adding it rounds to an integer, half to even. The lowest bits of the sum are n plus the
 * exponent bias.
 */
export const ROUNDING = 1.5 * 2 ** 23 + 127

/** `size` contiguous elements of rows: four lanes, or one element in all four. */
export interface Part {
  readonly size: number
  readonly load: (row: I32) => V128
  readonly store: (row: I32, x: V128) => void
}

/**
 * The operations, named as in the WebAssembly specification; those of `f32x4` and `v128` have no prefix. Vector
 * operations work on all four lanes.
 */
export interface Code {
  /** Returns one number in all lanes. */
  readonly constant: (value: number) => V128
  readonly add: (x: V128, y: V128) => V128
  readonly sub: (x: V128, y: V128) => V128
  readonly mul: (x: V128, y: V128) => V128
  readonly div: (x: V128, y: V128) => V128
  /**
   * Returns y if it is smaller, else x. This is one instruction, whereas IEEE's minimum takes nine. A NaN in x stays.
   */
  readonly pmin: (x: V128, y: V128) => V128
  /** Returns y if it is greater, else x. A NaN in x stays. */
  readonly pmax: (x: V128, y: V128) => V128
  readonly sqrt: (x: V128) => V128
  /** Rounds half to even. */
  readonly nearest: (x: V128) => V128
  readonly floor: (x: V128) => V128
  readonly abs: (x: V128) => V128
  /** Sets all bits of the lanes where x > y. No lane with a NaN is set. */
  readonly gt: (x: V128, y: V128) => V128
  /** Sets all bits of the lanes where x and y are not equal as numbers, which includes NaN and NaN. */
  readonly ne: (x: V128, y: V128) => V128
  /** Converts an integer to float32, in all lanes (`f32x4.convert_i32x4_s`). */
  readonly convert: (n: I32) => V128
  /** Returns 2^n for integers n from -126 to 127, given as n + `ROUNDING`. */
  readonly powerOfTwo: (n: V128) => V128
  /** Selects lanes of x and y; those of y are counted from 4 (`i8x16.shuffle`). */
  readonly shuffle: (x: V128, y: V128, lanes: readonly [number, number, number, number]) => V128
  readonly and: (x: V128, y: V128) => V128
  /** Returns the bits of x that are not set in y. */
  readonly andnot: (x: V128, y: V128) => V128
  readonly xor: (x: V128, y: V128) => V128

  readonly i32x4: {
    readonly const: (word: readonly [number, number, number, number]) => V128
    /** Returns an integer in all lanes. */
    readonly splat: (n: I32) => V128
    /** Adds integers modulo 2^32. */
    readonly add: (x: V128, y: V128) => V128
    /** Sets all bits of the lanes where x and y have the same bits. */
    readonly eq: (x: V128, y: V128) => V128
    /** Sets all bits of the lanes where x > y as unsigned integers. */
    readonly gt_u: (x: V128, y: V128) => V128
    /** Returns the maximum as int32. This order is also right for nonnegative floats, with NaN above all of them. */
    readonly max_s: (x: V128, y: V128) => V128
    /** Returns the low and the high halves of unsigned products (`i64x2.extmul_low_i32x4_u` and `extmul_high`). */
    readonly extmul_u: (x: V128, y: V128) => readonly [low: V128, high: V128]
    /** Returns the highest bit of each lane, that of the first lane lowest. */
    readonly bitmask: (x: V128) => I32
  }

  readonly i32: {
    readonly const: (value: number) => I32
    readonly add: (x: I32, y: I32 | number) => I32
    readonly sub: (x: I32, y: I32 | number) => I32
    readonly mul: (x: I32, y: I32 | number) => I32
    /** Returns x / y, rounded toward zero. */
    readonly div_s: (x: I32, y: I32 | number) => I32
  }
  /** Returns the smaller of two integers. */
  readonly least: (x: I32, y: I32) => I32

  /** Loads the four elements at an address plus `offset` bytes. */
  readonly load: (place: I32, offset?: number) => V128
  /** Loads one element into all lanes. */
  readonly splat: (place: I32, offset?: number) => V128
  readonly store: (place: I32, x: V128, offset?: number) => void
  /** Stores the first lane only. */
  readonly storeOne: (place: I32, x: V128, offset?: number) => void
  readonly storeWhole: (place: I32, x: I32) => void

  /** Makes a variable that `assign` changes. */
  readonly variable: (x: V128) => V128
  readonly assign: (variable: V128, x: V128) => void
  readonly counter: (x: I32) => I32
  readonly advance: (counter: I32, by: I32 | number) => void

  /**
   * Writes a loop over `count` items. It processes as many at a time as the first of `sizes`, then the remaining ones
   * by the next size. The last size is 1.
   */
  readonly blocks: (count: I32, sizes: readonly number[], body: (first: I32, size: number) => void) => void
  readonly repeat: (count: I32, body: (i: I32) => void) => void
  /** Writes a loop over the elements of rows, four at a time and the last ones singly. */
  readonly along: (count: I32, body: (part: Part) => void) => void
  /** Returns the sum over the elements of rows, in all lanes. */
  readonly sum: (count: I32, term: (part: Part) => V128) => V128
  /** Returns the maximum over the elements of rows, ignoring NaN, in all lanes. */
  readonly greatest: (count: I32, term: (part: Part) => V128) => V128
  /** Returns the largest |x| over the elements of rows, in all lanes; NaN if there is one. */
  readonly largest: (count: I32, term: (part: Part) => V128) => V128
}
