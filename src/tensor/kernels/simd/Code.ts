/**
 * A WebAssembly function written in TypeScript: whole numbers, four float32 lanes, loops and memory; every operation names its result.
 *
 * Lane operations are IEEE 754 single precision, so a lane has the bits that the same operations of tfjs give, wherever in a tensor it stands.
 * What TypeScript repeats while the function is written (a tile of sums, the last few elements of a row) is unrolled; what `blocks` and
 * `repeat` repeat is a loop.
 */
import {
  ADD,
  BLOCK,
  BR,
  BR_IF,
  DIV,
  END,
  GET,
  I32,
  I32_CONST,
  I32_GE_S,
  I32_LT_S,
  LOOP,
  MUL,
  SELECT,
  SET,
  SHIFT_LEFT,
  signed,
  SIMD,
  STORE,
  SUB,
  unsigned,
  V128,
  VOID,
} from "./instructions.ts"

// ---------------------------------------------------------------- model

/** Four float32 values while the code runs. */
export interface Lanes {
  readonly local: number
}

/** An int32 while the code runs: a count, an index, or a place in memory in bytes. */
export interface Whole {
  readonly index: number
}

/** A few neighboring elements of rows, `size` of them: four lanes, or one element in all four. */
interface Part {
  readonly size: number
  /** How far into a row they stand, in bytes. */
  readonly at: Whole
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
  /** 2^n for whole n from -126 to 127, given as n + 1.5 * 2^23. */
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

// --------------------------------------------------------- constructors

/** Code, what was written with it, and the types of the locals that it has used, `first` being the number of the first one. */
export const writer = (
  first: number,
): { readonly code: Code; readonly written: () => readonly number[]; readonly locals: readonly number[] } => {
  const prologue: number[] = []
  const bytes: number[] = []
  const locals: number[] = []
  const local = (type: number): number => first + locals.push(type) - 1
  const emit = (instructions: readonly number[]): void => {
    for (const byte of instructions) bytes.push(byte)
  }
  const get = (n: number) => [GET, ...unsigned(n)]
  const set = (n: number) => [SET, ...unsigned(n)]
  const lanes = (...instructions: number[]): Lanes => {
    const n = local(V128)
    emit([...instructions, ...set(n)])
    return { local: n }
  }
  const number = (...instructions: number[]): Whole => {
    const n = local(I32)
    emit([...instructions, ...set(n)])
    return { index: n }
  }
  const unary =
    (operation: number) =>
    (x: Lanes): Lanes =>
      lanes(...get(x.local), SIMD, ...unsigned(operation))
  const binary =
    (operation: number) =>
    (x: Lanes, y: Lanes): Lanes =>
      lanes(...get(x.local), ...get(y.local), SIMD, ...unsigned(operation))
  const operand = (y: Whole | number) => (typeof y === "number" ? [I32_CONST, ...signed(y)] : get(y.index))
  const arithmetic =
    (operation: number) =>
    (x: Whole, y: Whole | number): Whole =>
      number(...get(x.index), ...operand(y), operation)
  const literal = (...word: readonly [number, number, number, number]) => [
    ...[SIMD, 0x0c],
    ...new Uint8Array(Uint32Array.from(word).buffer),
  ]
  const memory = (operation: number, offset: number) => [SIMD, ...unsigned(operation), 2, ...unsigned(offset)]

  // Set once, before all else: the engine would make a constant anew wherever it is used.
  const constants = new Map<string, Lanes>()
  const words: Code["words"] = (word) => {
    const known = constants.get(word.join())
    if (known !== undefined) return known
    const made = { local: local(V128) }
    constants.set(word.join(), made)
    prologue.push(...literal(...word), ...set(made.local))
    return made
  }
  const constant = (value: number): Lanes => {
    const word = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0
    return words([word, word, word, word])
  }
  const both = binary(0x4e)
  const plus = arithmetic(ADD)
  const minus = arithmetic(SUB)
  const load = (place: Whole, offset = 0): Lanes => lanes(...get(place.index), ...memory(0x00, offset))
  const splat = (place: Whole, offset = 0): Lanes => lanes(...get(place.index), ...memory(0x09, offset))
  const store = (place: Whole, x: Lanes, offset = 0): void =>
    emit([...get(place.index), ...get(x.local), ...memory(0x0b, offset)])
  const storeOne = (place: Whole, x: Lanes, offset = 0): void =>
    emit([...get(place.index), ...get(x.local), ...memory(0x5a, offset), 0])
  const variable = (x: Lanes): Lanes => lanes(...get(x.local))
  const assign = (to: Lanes, x: Lanes): void => emit([...get(x.local), ...set(to.local)])
  const counter = (x: Whole): Whole => number(...get(x.index))
  const advance = (x: Whole, by: Whole | number): void => emit([...get(x.index), ...operand(by), ADD, ...set(x.index)])
  const shuffle: Code["shuffle"] = (x, y, from) =>
    lanes(
      ...[...get(x.local), ...get(y.local), SIMD, 0x0d],
      ...from.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
    )

  const blocks: Code["blocks"] = (count, sizes, body) => {
    const i = number(I32_CONST, 0)
    for (const size of sizes) {
      const last = minus(count, size - 1)
      emit([BLOCK, VOID, LOOP, VOID])
      // Ends where no block of this size is left.
      emit([...get(i.index), ...get(last.index), I32_GE_S, BR_IF, 1])
      body(i, size)
      advance(i, size)
      emit([BR, 0, END, END])
    }
  }
  const along: Code["along"] = (count, body) =>
    blocks(count, [4, 1], (i, size) => {
      const at = number(...get(i.index), I32_CONST, 2, SHIFT_LEFT)
      const place = (row: Whole) => plus(row, at)
      body({
        size,
        at,
        load: (row) => (size === 4 ? load(place(row)) : splat(place(row))),
        store: (row, x) => (size === 4 ? store(place(row), x) : storeOne(place(row), x)),
      })
    })
  const fold = (
    count: Whole,
    start: number,
    join: (x: Lanes, y: Lanes) => Lanes,
    term: (part: Part) => Lanes,
  ): Lanes => {
    const total = variable(constant(start))
    along(count, (part) => assign(total, join(total, term(part))))
    const two = join(total, shuffle(total, total, [2, 3, 0, 1]))
    return join(two, shuffle(two, two, [1, 0, 3, 2]))
  }
  /** One element stands in all lanes, and must count once. */
  const once = (part: Part, x: Lanes): Lanes => (part.size === 4 ? x : both(x, words([0xffffffff, 0, 0, 0])))

  const abs = unary(0xe0)
  const add = binary(0xe4)
  const max = binary(0xeb)
  const maxBits = binary(0xb8)
  const code: Code = {
    constant,
    add,
    sub: binary(0xe5),
    mul: binary(0xe6),
    div: binary(0xe7),
    min: binary(0xea),
    max,
    maxBits,
    sqrt: unary(0xe3),
    nearest: unary(0x6a),
    floor: unary(0x68),
    abs,
    // The lowest bits of that float are n; moved to where the exponent stands, they lack only its bias.
    powerOfTwo: (n) =>
      lanes(
        ...[...get(n.local), I32_CONST, 23, SIMD, ...unsigned(0xab)],
        ...[...get(constant(1).local), SIMD, ...unsigned(0xae)],
      ),
    fromWhole: (n) => lanes(...get(n.index), SIMD, 0x11, SIMD, ...unsigned(0xfa)),
    shuffle,
    above: binary(0x44),
    same: binary(0x37),
    unequal: binary(0x42),
    both,
    without: binary(0x4f),
    words,
    highest: (x) => number(...get(x.local), SIMD, ...unsigned(0xa4)),
    whole: (value) => number(I32_CONST, ...signed(value)),
    plus,
    minus,
    times: arithmetic(MUL),
    quotient: arithmetic(DIV),
    least: (x, y) => number(...get(x.index), ...get(y.index), ...get(x.index), ...get(y.index), I32_LT_S, SELECT),
    load,
    splat,
    store,
    storeOne,
    storeWhole: (place, x) => emit([...get(place.index), ...get(x.index), STORE, 2, 0]),
    variable,
    assign,
    counter,
    advance,
    blocks,
    repeat: (count, body) => blocks(count, [1], (i) => body(i)),
    along,
    sum: (count, term) => fold(count, 0, add, (part) => once(part, term(part))),
    greatest: (count, term) => fold(count, -Infinity, max, term),
    largest: (count, term) => fold(count, 0, maxBits, (part) => abs(term(part))),
  }
  return { code, written: () => [...prologue, ...bytes], locals }
}
