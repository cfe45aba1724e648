/** Writes the bytes of WebAssembly for the operations of `Code`. */
import type { Code, V128, Part, I32 } from "./Code.ts"
import {
  ADD,
  BLOCK,
  BR,
  BR_IF,
  DIV,
  END,
  GET,
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
  TYPE,
  VOID,
} from "./instructions.ts"

/** Returns a `Code`, the bytes written with it, and the types of the locals it has used, numbered from `first`. */
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
  const lanes = (...instructions: number[]): V128 => {
    const n = local(TYPE.v128)
    emit([...instructions, ...set(n)])
    return { local: n }
  }
  const number = (...instructions: number[]): I32 => {
    const n = local(TYPE.i32)
    emit([...instructions, ...set(n)])
    return { index: n }
  }
  const unary =
    (operation: number) =>
    (x: V128): V128 =>
      lanes(...get(x.local), SIMD, ...unsigned(operation))
  const binary =
    (operation: number) =>
    (x: V128, y: V128): V128 =>
      lanes(...get(x.local), ...get(y.local), SIMD, ...unsigned(operation))
  const operand = (y: I32 | number) => (typeof y === "number" ? [I32_CONST, ...signed(y)] : get(y.index))
  const arithmetic =
    (operation: number) =>
    (x: I32, y: I32 | number): I32 =>
      number(...get(x.index), ...operand(y), operation)
  const literal = (...word: readonly [number, number, number, number]) => [
    ...[SIMD, 0x0c],
    ...new Uint8Array(Uint32Array.from(word).buffer),
  ]
  const memory = (operation: number, offset: number) => [SIMD, ...unsigned(operation), 2, ...unsigned(offset)]

  // Constants are set once at the start, because the engine would recreate a constant at every use.
  const constants = new Map<string, V128>()
  const words: Code["i32x4"]["const"] = (word) => {
    const known = constants.get(word.join())
    if (known !== undefined) return known
    const made = { local: local(TYPE.v128) }
    constants.set(word.join(), made)
    prologue.push(...literal(...word), ...set(made.local))
    return made
  }
  const constant = (value: number): V128 => {
    const word = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0
    return words([word, word, word, word])
  }
  const and = binary(0x4e)
  const plus = arithmetic(ADD)
  const minus = arithmetic(SUB)
  const load = (place: I32, offset = 0): V128 => lanes(...get(place.index), ...memory(0x00, offset))
  const splat = (place: I32, offset = 0): V128 => lanes(...get(place.index), ...memory(0x09, offset))
  const store = (place: I32, x: V128, offset = 0): void =>
    emit([...get(place.index), ...get(x.local), ...memory(0x0b, offset)])
  const storeOne = (place: I32, x: V128, offset = 0): void =>
    emit([...get(place.index), ...get(x.local), ...memory(0x5a, offset), 0])
  const variable = (x: V128): V128 => lanes(...get(x.local))
  const assign = (to: V128, x: V128): void => emit([...get(x.local), ...set(to.local)])
  const counter = (x: I32): I32 => number(...get(x.index))
  const advance = (x: I32, by: I32 | number): void => emit([...get(x.index), ...operand(by), ADD, ...set(x.index)])
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
      // The loop ends when no block of this size is left.
      emit([...get(i.index), ...get(last.index), I32_GE_S, BR_IF, 1])
      body(i, size)
      advance(i, size)
      emit([BR, 0, END, END])
    }
  }
  const along: Code["along"] = (count, body) =>
    blocks(count, [16, 4, 1], (i, size) => {
      const at = number(...get(i.index), I32_CONST, 2, SHIFT_LEFT)
      const places = new Map<number, I32>()
      const place = (row: I32): I32 => {
        const known = places.get(row.index) ?? plus(row, at)
        places.set(row.index, known)
        return known
      }
      for (let offset = 0; offset < 4 * size; offset += 16)
        body({
          size: Math.min(size, 4),
          load: (row) => (size === 1 ? splat(place(row)) : load(place(row), offset)),
          store: (row, x) => (size === 1 ? storeOne(place(row), x) : store(place(row), x, offset)),
        })
    })
  const fold = (count: I32, start: number, join: (x: V128, y: V128) => V128, term: (part: Part) => V128): V128 => {
    const total = variable(constant(start))
    along(count, (part) => assign(total, join(total, term(part))))
    const two = join(total, shuffle(total, total, [2, 3, 0, 1]))
    return join(two, shuffle(two, two, [1, 0, 3, 2]))
  }
  /** A single element is in all lanes but must count once. */
  const once = (part: Part, x: V128): V128 => (part.size === 4 ? x : and(x, words([0xffffffff, 0, 0, 0])))

  const [lowProducts, highProducts] = [binary(0xde), binary(0xdf)]
  const extmul: Code["i32x4"]["extmul_u"] = (x, y) => {
    const [first, last] = [lowProducts(x, y), highProducts(x, y)]
    return [shuffle(first, last, [0, 2, 4, 6]), shuffle(first, last, [1, 3, 5, 7])]
  }

  const abs = unary(0xe0)
  const add = binary(0xe4)
  const pmax = binary(0xeb)
  const maxBits = binary(0xb8)
  const code: Code = {
    constant,
    add,
    sub: binary(0xe5),
    mul: binary(0xe6),
    div: binary(0xe7),
    pmin: binary(0xea),
    pmax,
    sqrt: unary(0xe3),
    nearest: unary(0x6a),
    floor: unary(0x68),
    abs,
    gt: binary(0x44),
    ne: binary(0x42),
    convert: (n) => lanes(...get(n.index), SIMD, 0x11, SIMD, ...unsigned(0xfa)),
    // The lowest bits of that float are n plus the exponent bias, so shifting them into the exponent gives 2^n.
    powerOfTwo: (n) => lanes(...get(n.local), I32_CONST, 23, SIMD, ...unsigned(0xab)),
    shuffle,
    and,
    andnot: binary(0x4f),
    xor: binary(0x51),
    i32x4: {
      const: words,
      splat: (n) => lanes(...get(n.index), SIMD, 0x11),
      add: binary(0xae),
      eq: binary(0x37),
      gt_u: binary(0x3c),
      max_s: maxBits,
      extmul_u: extmul,
      bitmask: (x) => number(...get(x.local), SIMD, ...unsigned(0xa4)),
    },
    i32: {
      const: (value) => number(I32_CONST, ...signed(value)),
      add: plus,
      sub: minus,
      mul: arithmetic(MUL),
      div_s: arithmetic(DIV),
    },
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
    greatest: (count, term) => fold(count, -Infinity, pmax, term),
    largest: (count, term) => fold(count, 0, maxBits, (part) => abs(term(part))),
  }
  return { code, written: () => [...prologue, ...bytes], locals }
}
