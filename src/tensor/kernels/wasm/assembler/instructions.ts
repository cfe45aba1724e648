/** The bytes of WebAssembly that `Code` writes, and the module around one function. */

// ---------------------------------------------------------------- model

export const VOID = 0x40

/** The types of values. */
export const TYPE = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const

export const [BLOCK, LOOP, END, BR, BR_IF, SELECT] = [0x02, 0x03, 0x0b, 0x0c, 0x0d, 0x1b]
export const [GET, SET, STORE, I32_CONST] = [0x20, 0x21, 0x36, 0x41]
export const [I32_LT_S, I32_GE_S, ADD, SUB, MUL, DIV, SHIFT_LEFT] = [0x48, 0x4e, 0x6a, 0x6b, 0x6c, 0x6d, 0x74]
export const SIMD = 0xfd

// --------------------------------------------------------- constructors

/** Returns a module that exports one function `run` without a result, over the imported memory `env.memory`. */
export const moduleAround = (
  parameters: readonly number[],
  locals: readonly number[],
  instructions: readonly number[],
): Uint8Array => {
  const f = [...unsigned(locals.length), ...locals.flatMap((type) => [1, type]), ...instructions, END]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, ...unsigned(parameters.length), ...parameters, 0]),
    ...section(2, [1, ...name("env"), ...name("memory"), 2, 0, 0]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name("run"), 0, 0]),
    ...section(10, [1, ...unsigned(f.length), ...f]),
  ])
}

/** Encodes an unsigned number in LEB128, as WebAssembly does: seven bits per byte, the lowest first. */
export const unsigned = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...unsigned(Math.floor(value / 128))]

/** Encodes a signed number in the same way; the sign is the seventh bit of the last byte. */
export const signed = (value: number): readonly number[] =>
  value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)]

const name = (text: string): readonly number[] => [text.length, ...Array.from(text, (c) => c.charCodeAt(0))]

const section = (id: number, content: readonly number[]): readonly number[] => [
  id,
  ...unsigned(content.length),
  ...content,
]
