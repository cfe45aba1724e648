/**
 * Equality of bit patterns over whole values, and how they are printed.
 */

// ---------------------------------------------------------------- model

/** Tells whether the two sides of a law are the same. */
export type Equality = (lhs: unknown, rhs: unknown) => boolean

// ------------------------------------------------------------ instances

/**
 * The equality of every law: numbers by `Object.is`, typed arrays by their bytes, arrays and records part by part.
 *
 * `sameBits(0, -0)` is false, `sameBits(NaN, NaN)` is true, and a Float32Array is never a Uint8Array.
 */
export const sameBits: Equality = (x, y) => firstDifference(x, y) === null

// ---------------------------------------------------------- destructors

/** Where two values differ first: the way to it, and both sides there; `null` where they are the same. */
export const firstDifference = (x: unknown, y: unknown): Difference | null => differ(x, y, "")

/** The first place where two values differ, and what stands there on both sides. */
export interface Difference {
  /** Such as `[1].side[0]`; empty for the whole value. */
  readonly at: string
  readonly lhs: unknown
  readonly rhs: unknown
}

/** A value with the bit patterns of its floats, cut after a few elements. */
export const showBits = (value: unknown): string => {
  if (typeof value === "number") return `${Object.is(value, -0) ? "-0" : value} (${hex(Float64Array.of(value))})`
  if (value instanceof Float32Array)
    return `Float32Array(${value.length}) [${cut(value, (x) => `${Object.is(x, -0) ? "-0" : x} (${hex(Float32Array.of(x))})`)}]`
  if (value instanceof Uint8Array) return `Uint8Array(${value.length}) [${cut(value, (x) => hex(Uint8Array.of(x)))}]`
  if (ArrayBuffer.isView(value)) return `${nameOf(value)} [${hex(value)}]`
  if (Array.isArray(value)) return `[${cut(value, showBits)}]`
  if (isRecord(value)) return `{ ${cut(Object.entries(value), ([name, part]) => `${name}: ${showBits(part)}`)} }`
  return typeof value === "string" ? JSON.stringify(value) : String(value)
}

/** Whether a value is made of nothing but what JavaScript reads at once: literals, typed arrays, arrays and records. */
export const isPlain = (value: unknown): boolean => {
  if (typeof value === "function") return false
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return true
  if (Array.isArray(value)) return value.every(isPlain)
  return isRecord(value) && Object.values(value).every(isPlain)
}

const differ = (x: unknown, y: unknown, at: string): Difference | null => {
  if (ArrayBuffer.isView(x) && ArrayBuffer.isView(y)) {
    if (nameOf(x) !== nameOf(y) || x.byteLength !== y.byteLength) return { at, lhs: x, rhs: y }
    const [a, b] = [bytesOf(x), bytesOf(y)]
    const i = a.findIndex((byte, place) => byte !== b[place])
    if (i < 0) return null
    if (x instanceof Float32Array && y instanceof Float32Array)
      return { at: `${at}[${i >> 2}]`, lhs: x[i >> 2], rhs: y[i >> 2] }
    return { at: `${at}, byte ${i}`, lhs: x, rhs: y }
  }
  if (Array.isArray(x) && Array.isArray(y)) {
    if (x.length !== y.length) return { at, lhs: x, rhs: y }
    for (let i = 0; i < x.length; i++) {
      const found = differ(x[i], y[i], `${at}[${i}]`)
      if (found !== null) return found
    }
    return null
  }
  if (isRecord(x) && isRecord(y)) {
    const names = Object.keys(x)
    if (!sameNames(names, Object.keys(y))) return { at, lhs: x, rhs: y }
    for (const name of names) {
      const found = differ(x[name], y[name], `${at}.${name}`)
      if (found !== null) return found
    }
    return null
  }
  return Object.is(x, y) ? null : { at, lhs: x, rhs: y }
}

const sameNames = (x: ReadonlyArray<string>, y: ReadonlyArray<string>): boolean =>
  x.length === y.length && x.every((name) => y.includes(name))

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

const nameOf = (view: ArrayBufferView): string => view.constructor.name

/** Most significant byte first, as floats are written. */
const hex = (view: ArrayBufferView): string =>
  Array.from(bytesOf(view).toReversed(), (byte) => byte.toString(16).padStart(2, "0")).join("")

const shown = 12

const cut = <X>(items: ArrayLike<X>, show: (item: X) => string): string =>
  [
    ...Array.from(items).slice(0, shown).map(show),
    ...(items.length > shown ? [`... ${items.length} in all`] : []),
  ].join(", ")
