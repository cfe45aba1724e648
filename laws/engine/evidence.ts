/**
 * Evidence: a copy of a value that JavaScript can compare and keep, for every kind of value.
 *
 * Numbers, strings and typed arrays are copied; a tensor becomes its dtype, shape and values; arrays and records are
 * copied part by part.
 */
import { Key } from "../../src/core/Key.ts"
import { Tree } from "../../src/core/Tree.ts"
import { uniforms } from "../../src/exact/draws.ts"

// ---------------------------------------------------------------- model

/** A value on a device, such as a tensor of TensorFlow.js. */
export interface Readable {
  readonly dtype: string
  readonly shape: ReadonlyArray<number>
  readonly isDisposed: boolean
  /** Its values, read from the device. */
  readonly data: () => Promise<ArrayLike<number>>
  /** Frees it. */
  readonly dispose: () => void
}

/** The evidence for a tensor. */
export interface Bits {
  readonly [marked]: true
  readonly dtype: string
  readonly shape: ReadonlyArray<number>
  readonly values: NumericArray
}

/** Typed arrays of numbers, as tensors return them. */
export type NumericArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array

const marked: unique symbol = Symbol("bits of a tensor")

// --------------------------------------------------------- constructors

/** Makes the evidence for a tensor of this dtype and shape. */
const bitsOf = (dtype: string, shape: ReadonlyArray<number>, values: NumericArray): Bits => ({
  [marked]: true,
  dtype,
  shape: [...shape],
  values,
})

/**
 * Reads the evidence for a value; a freed value gives "freed". Rejects with `TypeError` for values that cannot be read,
 * such as functions and instances of a class.
 */
export const look = async (value: unknown, at = ""): Promise<unknown> => {
  if (isNumeric(value)) return value.slice()
  if (isReadable(value)) {
    if (value.isDisposed) return "freed"
    const values = await value.data()
    return bitsOf(value.dtype, value.shape, isNumeric(values) ? values.slice() : Float64Array.from(values))
  }
  if (Array.isArray(value)) return Promise.all(value.map((part, i) => look(part, `${at}[${i}]`)))
  if (isRecord(value)) {
    const parts: Record<string, unknown> = {}
    for (const [name, part] of Object.entries(value)) parts[name] = await look(part, `${at}.${name}`)
    return parts
  }
  if (typeof value === "function" || (typeof value === "object" && value !== null))
    throw new TypeError(
      `The laws read numbers, typed arrays and tensors, in arrays and records, but found ${Object.prototype.toString.call(value)} at ${at === "" ? "the top" : at}.`,
    )
  return value
}

// ----------------------------------------------------------- combinators

/** Replaces every float of the evidence; integers, strings and null do not change. */
export const mapFloats = (evidence: unknown, f: (x: number, place: number) => number): unknown => {
  let place = 0
  const next = (x: number) => f(x, place++)
  return Tree.map(evidence, isEvidence, (part) => {
    if (typeof part === "number") return next(part)
    if (part instanceof Float32Array || part instanceof Float64Array) return part.map(next)
    return isBits(part) && part.dtype === "float32" ? bitsOf(part.dtype, part.shape, part.values.map(next)) : part
  })
}

/** Replaces the floats of the evidence by values in [-2, 2) from a seed; seed 0 gives ones, the simplest case. */
export const floatsLike = (evidence: unknown, seed: number): unknown => {
  if (seed === 0) return mapFloats(evidence, () => 1)
  const drawn = uniforms({ key: Key.fromSeed(seed), samples: [0] }, floatsOf(evidence).length)
  return mapFloats(evidence, (_, place) => Math.fround(4 * (drawn[place] ?? 0) - 2))
}

/** Reorders every leading axis of `order.length` samples, so that sample `order[i]` comes to index i. */
export const reorder = (evidence: unknown, order: ReadonlyArray<number>): unknown => pick(order, [evidence])

/** Picks sample i of the result from `others[i]`, or from the first evidence if there is none. */
export const pick = (
  order: ReadonlyArray<number>,
  sources: ReadonlyArray<unknown>,
  from?: ReadonlyArray<number>,
): unknown => {
  const part = (i: number) => from?.[i] ?? 0
  const [first] = sources
  if (isNumeric(first) && first.length % order.length === 0) {
    const size = first.length / order.length
    const result = first.slice()
    for (const [i, sample] of order.entries()) {
      const source = sources[part(i)]
      if (isNumeric(source)) result.set(source.subarray(sample * size, (sample + 1) * size), i * size)
    }
    return result
  }
  if (isBits(first))
    return first.shape[0] === order.length
      ? // Of bits come numbers.
        bitsOf(first.dtype, first.shape, pick(order, sources.map(valuesOf), from) as NumericArray)
      : first
  if (Array.isArray(first))
    return first.map((_, i) =>
      pick(
        order,
        sources.map((source) => fieldOf(source, i)),
        from,
      ),
    )
  if (isRecord(first))
    return Object.fromEntries(
      Object.keys(first).map((name) => [
        name,
        pick(
          order,
          sources.map((source) => fieldOf(source, name)),
          from,
        ),
      ]),
    )
  return first
}

/** Replaces every array and tensor of the evidence by the first of the same type and shape. */
export const alike = (evidence: unknown): unknown =>
  unify(
    evidence,
    (part) => {
      if (isBits(part)) return `${part.dtype} ${part.shape.join(" ")}`
      return isNumeric(part) ? `${part.constructor.name} ${part.length}` : null
    },
    (first) => (isNumeric(first) ? first.slice() : first),
  )

/** Replaces arrays and tensors of the same type and shape by one object. */
export const oneObject = (value: unknown): unknown =>
  unify(
    value,
    (part) => {
      if (isReadable(part)) return `${part.dtype} ${part.shape.join(" ")}`
      return isNumeric(part) ? `${part.constructor.name} ${part.length}` : null
    },
    (first) => first,
  )

/** Replaces every part that has a form by what `take` makes of the first part of that form. */
const unify = (whole: unknown, form: (part: unknown) => string | null, take: (first: unknown) => unknown): unknown => {
  const first = new Map<string, unknown>()
  const hasForm = (part: unknown): part is unknown => form(part) !== null
  return Tree.map(whole, hasForm, (part) => {
    const key = form(part) ?? ""
    if (!first.has(key)) first.set(key, part)
    return take(first.get(key))
  })
}

// ---------------------------------------------------------- destructors

/** Lists all floats of the evidence, in order. */
export const floatsOf = (evidence: unknown): ReadonlyArray<number> => {
  const found: number[] = []
  mapFloats(evidence, (x) => {
    found.push(x)
    return x
  })
  return found
}

/** Says whether the evidence has arrays or tensors, all with leading axes of `count` samples. */
export const leadsWith = (evidence: unknown, count: number): boolean => {
  const sizes = Tree.leaves(evidence, isEvidence).map(leadingSize)
  return sizes.length > 0 && sizes.every(({ size, whole }) => (whole ? size === count : size % count === 0 && size > 0))
}

const leadingSize = (leaf: Evidence): { readonly size: number; readonly whole: boolean } => {
  if (isNumeric(leaf)) return { size: leaf.length, whole: false }
  return { size: isBits(leaf) ? (leaf.shape[0] ?? 0) : 0, whole: true }
}

/** Counts the values in all tensors and arrays of a value, from their shapes alone. */
export const sizeOfShapes = (value: unknown): number => Tree.fold(value, isSized, 0, (sum, leaf) => sum + sizeOf(leaf))

const sizeOf = (leaf: number | NumericArray | Readable): number => {
  if (typeof leaf === "number") return 1
  return isNumeric(leaf) ? leaf.length : leaf.shape.reduce((size, length) => size * length, 1)
}

const isSized = (value: unknown): value is number | NumericArray | Readable =>
  typeof value === "number" || isReadable(value) || isNumeric(value)

/** A leaf of evidence that contains numbers. */
type Evidence = number | NumericArray | Bits

const isEvidence = (value: unknown): value is Evidence => typeof value === "number" || isNumeric(value) || isBits(value)

/** Says whether a value is the evidence for a tensor. */
export const isBits = (value: unknown): value is Bits => isRecord(value) && marked in value

/** Frees everything in a value that can be freed. */
export const free = (value: unknown): void => {
  for (const readable of readablesIn(value)) if (!readable.isDisposed) readable.dispose()
}

/** Lists every tensor in a value. */
export const readablesIn = (value: unknown): ReadonlyArray<Readable> => Tree.leaves(value, isReadable)

const isReadable = (value: unknown): value is Readable =>
  typeof value === "object" && value !== null && "isDisposed" in value && "data" in value && "shape" in value

/** Says whether a value is a typed array. */
export const isNumeric = (value: unknown): value is NumericArray =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)

/** Says whether a value is a plain object, not an array, a typed array or an instance of a class. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const valuesOf = (source: unknown): unknown => (isBits(source) ? source.values : undefined)

const fieldOf = (source: unknown, name: string | number): unknown =>
  // Any object has fields.
  typeof source === "object" && source !== null ? (source as Readonly<Record<string, unknown>>)[name] : undefined
