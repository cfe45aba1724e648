/**
 * Equality of bit patterns over whole values, and how they are printed.
 */

import { Tree } from "../../src/core/Tree.ts"
import { isBits, isNumeric, isRecord, type Bits, type NumericArray } from "./evidence.ts"

// ---------------------------------------------------------------- model

/** Says whether the two sides of a law are the same. */
export type Equality = (lhs: unknown, rhs: unknown) => boolean

// ------------------------------------------------------------ instances

/**
 * The equality of every law: numbers by `Object.is`, typed arrays by their bytes, arrays and records part by part.
 *
 * `sameBits(0, -0)` is false, `sameBits(NaN, NaN)` is true, and a Float32Array is never a Uint8Array.
 */
export const sameBits: Equality = (x, y) => firstDifference(x, y) === null

// ---------------------------------------------------------- destructors

/** Finds the first place where two values differ; null if they are the same. */
export const firstDifference = (x: unknown, y: unknown): Difference | null => differ(x, y)

/** The first place where two values differ, and the value there on both sides. */
export interface Difference {
  /** Such as `[1].side[0]`; empty for the whole value. */
  readonly at: string
  readonly lhs: unknown
  readonly rhs: unknown
  /** The sides are elements of a Float32Array. */
  readonly float32: boolean
}

/** Formats both sides of a difference with their bit patterns. */
export const showDifference = ({ lhs, rhs, float32 }: Difference): { readonly lhs: string; readonly rhs: string } => {
  const one = (side: unknown) => (float32 && typeof side === "number" ? showFloat32(side) : showBits(side))
  return { lhs: one(lhs), rhs: one(rhs) }
}

/** Formats a value with the bit patterns of its floats, truncated after a few elements. */
export const showBits = (value: unknown): string => show(value, true)

/** Formats a value in plain numbers, truncated after a few elements. */
export const showValue = (value: unknown): string => show(value, false)

const show = (value: unknown, bits: boolean): string => {
  if (typeof value === "number") return bits ? `${written(value)} (${hex(Float64Array.of(value))})` : written(value)
  if (isBits(value)) return `${value.dtype} [${value.shape.join(", ")}] ${elements(value.values, bits)}`
  if (ArrayBuffer.isView(value) && isNumeric(value)) return `${nameOf(value)}(${value.length}) ${elements(value, bits)}`
  if (Array.isArray(value)) return `[${cut(value, (part) => show(part, bits))}]`
  if (isRecord(value)) {
    const fields = Object.entries(value)
    return fields.length === 0 ? "{}" : `{ ${cut(fields, ([name, part]) => `${key(name)}: ${show(part, bits)}`)} }`
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value)
}

const key = (name: string): string => (/^[\w$]+$/.test(name) ? name : JSON.stringify(name))

const elements = (values: NumericArray, bits: boolean): string => {
  const one = (x: number): string => {
    if (!bits) return written(x)
    if (values instanceof Float32Array) return showFloat32(x)
    return values instanceof Uint8Array ? hex(Uint8Array.of(x)) : show(x, values instanceof Float64Array)
  }
  const common = values.length > 2 ? mostCommon(values) : undefined
  if (common === undefined) return `[${cut(values, one)}]`
  const others = Array.from(values, (x, i) => ({ x, i })).filter(({ x }) => !Object.is(x, common))
  return `all ${one(common)}${others.length === 0 ? "" : ` but ${cut(others, ({ x, i }) => `[${i}] ${one(x)}`)}`}`
}

/** The value of more than half of the elements, if there is one. */
const mostCommon = (values: NumericArray): number | undefined => {
  const counts = new Map<number | string, number>()
  const keyOf = (x: number) => (Object.is(x, -0) ? "-0" : x)
  for (const x of values) counts.set(keyOf(x), (counts.get(keyOf(x)) ?? 0) + 1)
  return Array.from(values).find((x) => 2 * (counts.get(keyOf(x)) ?? 0) > values.length)
}

const showFloat32 = (x: number): string => `${written(x)} (${hex(Float32Array.of(x))})`

const written = (x: number): string => (Object.is(x, -0) ? "-0" : String(x))

/** Says whether JavaScript can read all of a value synchronously: literals, typed arrays, arrays and records. */
export const isPlain = (value: unknown): boolean => Tree.leaves(value, isForeign).length === 0

/** A function, or an object of a class. */
const isForeign = (value: unknown): value is object =>
  typeof value === "function" ||
  (typeof value === "object" &&
    value !== null &&
    !ArrayBuffer.isView(value) &&
    !Array.isArray(value) &&
    !isRecord(value))

const differ = (x: unknown, y: unknown): Difference | null => {
  const found = Tree.difference(x, y, isCompared, (one, other) => differWithin(one, other, "") === null)
  return found === null ? null : differWithin(found.x, found.y, found.at.map(step).join(""))
}

const step = (name: number | string): string => (typeof name === "number" ? `[${name}]` : `.${name}`)

/** Says what is compared as one value: typed arrays, tensors, and instances of a class, which equal only themselves. */
const isCompared = (value: unknown): value is object => ArrayBuffer.isView(value) || isBits(value) || isForeign(value)

const differWithin = (x: unknown, y: unknown, at: string): Difference | null => {
  if (isBits(x) && isBits(y)) {
    if (sameBits(x.shape, y.shape)) return differWithin(x.values, y.values, at)
    const found = differ(fieldsOf(x), fieldsOf(y))
    return found === null ? null : { ...found, at: `${at}${found.at}` }
  }
  if (!ArrayBuffer.isView(x) || !ArrayBuffer.isView(y)) return Object.is(x, y) ? null : difference(at, x, y)
  if (nameOf(x) !== nameOf(y) || x.byteLength !== y.byteLength) return difference(at, x, y)
  const [a, b] = [bytesOf(x), bytesOf(y)]
  const i = a.findIndex((byte, place) => byte !== b[place])
  if (i < 0) return null
  if (x instanceof Float32Array && y instanceof Float32Array)
    return { at: `${at}[${i >> 2}]`, lhs: x[i >> 2], rhs: y[i >> 2], float32: true }
  return difference(`${at}, byte ${i}`, x, y)
}

const fieldsOf = ({ dtype, shape, values }: Bits): unknown => ({ dtype, shape, values })

const difference = (at: string, lhs: unknown, rhs: unknown): Difference => ({ at, lhs, rhs, float32: false })

const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

const nameOf = (view: ArrayBufferView): string => view.constructor.name

/** Formats bytes with the most significant byte first, as floats are written. */
const hex = (view: ArrayBufferView): string =>
  Array.from(bytesOf(view).toReversed(), (byte) => byte.toString(16).padStart(2, "0")).join("")

const shown = 8

const cut = <X>(items: ArrayLike<X>, show: (item: X) => string): string =>
  [
    ...Array.from(items).slice(0, shown).map(show),
    ...(items.length > shown ? [`... ${items.length} in all`] : []),
  ].join(", ")
