/**
 * Values on the host, from which inputs are made on the current backend.
 */
import { isImplemented } from "../../src/tensor/kernels/dispatch.ts"
import { BITS_PER_WORD } from "../../src/tensor/kernels/spec/pack.ts"
import { unpack } from "../../src/tensor/kernels/spec/unpack.ts"
import { sizeOf } from "../../src/exact/frame.ts"
import { tf } from "../../src/tensor/tf.ts"

export type Shape = readonly number[]

// --------------------------------------------------------- constructors

/** Numbers in [-1, 1), the same for the same seed. */
export const uniform = (size: number, seed: number): readonly number[] => {
  let state = (Math.imul(seed, 2654435761) + 12345) >>> 0
  return Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const mixed = Math.imul(state ^ (state >>> 15), 2246822519) >>> 0
    return ((mixed ^ (mixed >>> 13)) >> 0) / 2 ** 31
  })
}

/** Floats in [-scale, scale). */
export const floats = (shape: Shape, seed: number, scale = 1): tf.Tensor =>
  tf.tensor(
    uniform(sizeOf(shape), seed).map((u) => u * scale),
    [...shape],
    "float32",
  )

/** Integers from -range to range. */
export const integers = (size: number, seed: number, range: number): readonly number[] =>
  uniform(size, seed).map((u) => Math.round(u * range) + 0)

/** The numbers as float32. */
export const given = (shape: Shape, values: readonly number[]): tf.Tensor =>
  tf.tensor([...values], [...shape], "float32")

/** Integers as a tensor of a type, as far as it can represent them: below `range`, and of at least 0 for bool. */
export const typed = (dtype: "float32" | "int32" | "bool", shape: Shape, seed: number, range = 9): tf.Tensor => {
  const values = integers(sizeOf(shape), seed, range)
  return tf.tensor(dtype === "bool" ? values.map((v) => v & 1) : [...values], [...shape], dtype)
}

/** k 2^-l for integers k whose absolute value reaches the limit of the grid. */
export const grid = (shape: Shape, fractionBits: number, seed: number, limit = 2 ** 24 - 1): tf.Tensor =>
  given(
    shape,
    gridIntegers(sizeOf(shape), seed, limit).map((k) => k * 2 ** -fractionBits),
  )

/** The k of `grid`: most are small, the first two are the limits. */
export const gridIntegers = (size: number, seed: number, limit = 2 ** 24 - 1): readonly number[] =>
  uniform(size, seed).map((u, i) =>
    i === 0 ? limit : i === 1 ? -limit : Math.round(u * (i % 3 === 0 ? limit : 99)) + 0,
  )

/**
 * Words of the parities, as the current backend packs them: 32 in an int32, or 24 in a float32 if kernels are composed.
 */
export const plane = (parities: readonly number[]): tf.Tensor => {
  const width = isImplemented(unpack) ? 32 : BITS_PER_WORD
  const words = Array.from({ length: Math.ceil(parities.length / width) }, (_, w) =>
    parities.slice(w * width, (w + 1) * width).reduce((sum, parity, bit) => sum + parity * 2 ** bit, 0),
  )
  return width === 32 ? tf.tensor1d(Int32Array.from(words, (w) => w | 0), "int32") : tf.tensor1d(words, "float32") // prettier-ignore
}

/** Parities of the integers. */
export const paritiesOf = (ks: readonly number[]): readonly number[] => ks.map((k) => Math.abs(k) % 2)

// ---------------------------------------------------------- destructors

/**
 * The first parities of words, and those after them, which are 0, up to the end of the last group that both packings
 * fill.
 */
export const parities = (words: ArrayLike<number>, dtype: tf.DataType): readonly number[] => {
  const width = dtype === "int32" ? 32 : BITS_PER_WORD
  const found = Array.from(words, (word) =>
    Array.from({ length: width }, (_, bit) => Math.floor((word < 0 ? word + 2 ** 32 : word) / 2 ** bit) % 2),
  ).flat()
  while (found.at(-1) === 0) found.pop()
  return found
}
