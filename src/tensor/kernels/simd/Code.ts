/**
 * A WebAssembly function over four float32 lanes, written as straight-line code: every operation names its result.
 *
 * Lane operations are IEEE 754 single precision, so a lane has the bits that the same operations of tfjs give, wherever in a tensor it stands.
 */

// ---------------------------------------------------------------- model

/** Four float32 values while the code runs. */
export interface Lanes {
  readonly local: number
}

/** The operations, each on all four lanes. */
export interface Code {
  readonly constant: (value: number) => Lanes
  readonly add: (x: Lanes, y: Lanes) => Lanes
  readonly sub: (x: Lanes, y: Lanes) => Lanes
  readonly mul: (x: Lanes, y: Lanes) => Lanes
  readonly div: (x: Lanes, y: Lanes) => Lanes
  readonly min: (x: Lanes, y: Lanes) => Lanes
  readonly max: (x: Lanes, y: Lanes) => Lanes
  /** Half to even. */
  readonly nearest: (x: Lanes) => Lanes
  /** 2^n for whole n from -126 to 127. */
  readonly powerOfTwo: (n: Lanes) => Lanes
}

/** What is computed, element by element, of tensors and of numbers that are the same for all elements. */
export interface Elementwise<Name extends string> {
  readonly tensors: readonly Name[]
  readonly numbers: readonly Name[]
  readonly body: (code: Code, values: Readonly<Record<Name, Lanes>>) => Lanes
}

// --------------------------------------------------------- constructors

/**
 * The module whose function `map(count, ...numbers, ...tensors, out)` computes `body` for `count` elements; tensors and `out` are places in the
 * imported memory, in bytes.
 */
export const moduleOf = <Name extends string>({ tensors, numbers, body }: Elementwise<Name>): Uint8Array => {
  const out = 1 + numbers.length + tensors.length
  const pointers = [...tensors, "out"].map((_, i) => 1 + numbers.length + i)
  const first = out + 1
  const scalars = numbers.map((name, i) => ({ name, parameter: 1 + i, local: first + i }))
  const inputs = tensors.map((name, i) => ({
    name,
    parameter: 1 + numbers.length + i,
    local: first + numbers.length + i,
  }))
  const { code, bytes, used } = writer(first + numbers.length + tensors.length)
  const values = Object.fromEntries([...scalars, ...inputs].map(({ name, local }) => [name, { local }]))
  const result = body(code, values as Record<Name, Lanes>) // every name is a tensor or a number

  /** A loop while `width` elements or more are left. */
  const loop = (width: number, load: number, store: readonly number[]) => [
    ...[BLOCK, VOID, LOOP, VOID],
    ...[GET, ...leb(0), I32_CONST, width, I32_LT_S, BR_IF, 1],
    ...inputs.flatMap(({ parameter, local }) => [GET, ...leb(parameter), SIMD, load, 2, 0, SET, ...leb(local)]),
    ...bytes,
    ...[GET, ...leb(out), GET, ...leb(result.local), ...store],
    ...pointers.flatMap((pointer) => [GET, ...leb(pointer), I32_CONST, 4 * width, I32_ADD, SET, ...leb(pointer)]),
    ...[GET, ...leb(0), I32_CONST, width, I32_SUB, SET, ...leb(0)],
    ...[BR, 0, END, END],
  ]
  const instructions = [
    ...scalars.flatMap(({ parameter, local }) => [GET, ...leb(parameter), SIMD, 0x13, SET, ...leb(local)]),
    ...loop(4, 0x00, [SIMD, 0x0b, 2, 0]),
    ...loop(1, 0x09, [SIMD, 0x5a, 2, 0, 0]),
    END,
  ]
  const f = [1, ...leb(used() - first), V128, ...instructions]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, ...leb(out + 1), I32, ...scalars.map(() => F32), ...pointers.map(() => I32), 0]),
    ...section(2, [1, ...name("env"), ...name("memory"), 2, 0, 0]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name("map"), 0, 0]),
    ...section(10, [1, ...leb(f.length), ...f]),
  ])
}

/** Code that appends to `bytes`, giving every result a local of its own from `first` on. */
const writer = (first: number) => {
  const bytes: number[] = []
  let next = first
  const result = (...instructions: number[]): Lanes => {
    const local = next++
    bytes.push(...instructions, SET, ...leb(local))
    return { local }
  }
  const get = ({ local }: Lanes) => [GET, ...leb(local)]
  const binary = (operation: number) => (x: Lanes, y: Lanes) => result(...get(x), ...get(y), SIMD, ...leb(operation))
  const words = (word: number) => {
    const lane = new Uint8Array(Uint32Array.of(word).buffer)
    return [SIMD, 0x0c, ...lane, ...lane, ...lane, ...lane]
  }
  const code: Code = {
    constant: (value) => result(...words(new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0)),
    add: binary(0xe4),
    sub: binary(0xe5),
    mul: binary(0xe6),
    div: binary(0xe7),
    min: binary(0xe8),
    max: binary(0xe9),
    nearest: (x) => result(...get(x), SIMD, 0x6a),
    // To int32, plus the bias of the exponent, moved to where the exponent stands.
    powerOfTwo: (n) =>
      result(
        ...[...get(n), SIMD, ...leb(0xf8)],
        ...[...words(127), SIMD, ...leb(0xae)],
        ...[I32_CONST, 23, SIMD, ...leb(0xab)],
      ),
  }
  return { code, bytes, used: () => next }
}

// ------------------------------------------------------------ instances

const [VOID, I32, F32, V128] = [0x40, 0x7f, 0x7d, 0x7b]
const [BLOCK, LOOP, END, BR, BR_IF] = [0x02, 0x03, 0x0b, 0x0c, 0x0d]
const [GET, SET, I32_CONST, I32_LT_S, I32_ADD, I32_SUB] = [0x20, 0x21, 0x41, 0x48, 0x6a, 0x6b]
const SIMD = 0xfd

/** An unsigned number as WebAssembly writes it: seven bits a byte, the lowest first. */
const leb = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...leb(Math.floor(value / 128))]

const name = (text: string): readonly number[] => [text.length, ...Array.from(text, (c) => c.charCodeAt(0))]

const section = (id: number, content: readonly number[]): readonly number[] => [id, ...leb(content.length), ...content]
