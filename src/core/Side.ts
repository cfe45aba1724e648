/**
 * Side information: what the inverse of a part needs besides its output.
 *
 * Laws (checked by `laws/sets/Side.ts`):
 *
 * 1. codec: `fromBytes(toBytes(s))` is `s`, bit for bit
 * 2. only: if `only` is `some(s)`, every side of this kind is `s`, except for what a plan keeps instead
 * 3. owners: no handle remains of bytes that are refused, or of a side that was read and released
 *
 * Composite bytes: a pair or an array is a 32-bit count, then each part after its own 32-bit length, little endian.
 */
import { either as E, option as O, type task as T, type taskEither as TE } from "fp-ts"
import { SideMismatch } from "./errors/SideMismatch.ts"
import type { RevError } from "./RevError.ts"

// ---------------------------------------------------------------- model

/** The codec of side information `S`: its size in bits, and its bytes. */
export interface Side<in out S> {
  /** The side, if it is always the same while every part is reversed: it need not be saved. A plan may save more. */
  readonly only: O.Option<S>
  /** Size of the information in bits, without padding. */
  readonly bits: (side: S) => number
  /** Writes the bytes of docs/specification.md, the same on every backend. */
  readonly toBytes: (side: S) => T.Task<Uint8Array>
  /**
   * Reads a side. Returns `Left` if there are too few or too many bytes, or if they are of another kind:
   * `SideMismatch`, and for parameters also `ParameterMismatch`. Before it returns `Left`, it frees what it has read.
   */
  readonly fromBytes: (bytes: Uint8Array) => TE.TaskEither<RevError, S>
  /** Frees a side that `fromBytes` returned; `() => {}` if the garbage collector frees it. */
  readonly release: (side: S) => void
  /** Lists the contents of a side, for ledgers. Default: all of it is information. */
  readonly contents?: (side: S) => ReadonlyArray<Content>
}

/**
 * Something that a side contains:
 *
 * - `information`: what the inverse needs and cannot compute, such as the digits of an information buffer
 * - `plane`: `bits` packed bits, which may not fill their last word
 * - `kept`: an input that a plan keeps
 * - `tape`: what a plan keeps from an evaluation
 */
export type Content =
  | { readonly _tag: "information" | "kept" | "tape"; readonly value: unknown }
  | { readonly _tag: "plane"; readonly value: unknown; readonly bits: number }

// --------------------------------------------------------- constructors

/** The codec of an isomorphism, which has no side information. */
const nothing: Side<null> = {
  only: O.some(null),
  bits: () => 0,
  toBytes: () => async () => new Uint8Array(),
  fromBytes: (bytes) => async () =>
    bytes.length === 0
      ? E.right(null)
      : E.left(new SideMismatch(`The side of an isomorphism has 0 bytes, but ${bytes.length} were given.`)),
  release: () => {},
  contents: () => [],
}

/** Bytes as they are. */
const bytes: Side<Uint8Array> = {
  only: O.none,
  bits: ({ length }) => 8 * length,
  toBytes: (given) => async () => given,
  fromBytes: (given) => async () => E.right(given),
  release: () => {},
}

// ----------------------------------------------------------- combinators

/** The codec of the sides of two parts, first part first. */
const pair = <S, U>(first: Side<S>, second: Side<U>): Side<readonly [S, U]> => ({
  only: O.isSome(first.only) && O.isSome(second.only) ? O.some([first.only.value, second.only.value]) : O.none,
  bits: ([s, u]) => first.bits(s) + second.bits(u),
  toBytes:
    ([s, u]) =>
    async () =>
      join([await first.toBytes(s)(), await second.toBytes(u)()]),
  fromBytes: (bytes) => async () => {
    const parts = split(bytes)
    if (E.isLeft(parts)) return parts
    const [head, tail] = parts.right
    if (head === undefined || tail === undefined || parts.right.length !== 2)
      return E.left(new SideMismatch(`A pair of sides was expected, but the bytes hold ${parts.right.length} parts.`))
    const s = await first.fromBytes(head)()
    if (E.isLeft(s)) return s
    const u = await second.fromBytes(tail)()
    if (E.isRight(u)) return E.right([s.right, u.right])
    first.release(s.right)
    return u
  },
  release: ([s, u]) => {
    first.release(s)
    second.release(u)
  },
  contents: ([s, u]) => [...contents(first, s), ...contents(second, u)],
})

/** The codec of the sides of `length` equal parts in order. Throws `RangeError` unless `length` is an integer >= 0. */
const array = <S>(length: number, item: Side<S>): Side<ReadonlyArray<S>> => {
  if (!Number.isSafeInteger(length) || length < 0)
    throw new RangeError(`The length of an array of sides must be an integer of at least 0, not ${length}.`)
  return {
    only: O.isSome(item.only) ? O.some(new Array<S>(length).fill(item.only.value)) : O.none,
    bits: (sides) => sides.reduce((sum, side) => sum + item.bits(side), 0),
    toBytes: (sides) => async () => {
      const parts: Uint8Array[] = []
      for (const side of sides) parts.push(await item.toBytes(side)())
      return join(parts)
    },
    fromBytes: (bytes) => async () => {
      const parts = split(bytes)
      if (E.isLeft(parts)) return parts
      if (parts.right.length !== length)
        return E.left(new SideMismatch(`${length} sides were expected, but the bytes hold ${parts.right.length}.`))
      const sides: S[] = []
      for (const part of parts.right) {
        const side = await item.fromBytes(part)()
        if (E.isLeft(side)) {
          for (const read of sides) item.release(read)
          return side
        }
        sides.push(side.right)
      }
      return E.right(sides)
    },
    release: (sides) => {
      for (const side of sides) item.release(side)
    },
    contents: (sides) => sides.flatMap((side) => contents(item, side)),
  }
}

// ---------------------------------------------------------- destructors

/** Lists the contents of a side of this kind. */
const contents = <S>(kind: Side<S>, side: S): ReadonlyArray<Content> =>
  kind.contents?.(side) ?? [{ _tag: "information", value: side }]

const join = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 4))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, parts.length, true)
  let at = 4
  for (const part of parts) {
    view.setUint32(at, part.length, true)
    bytes.set(part, at + 4)
    at += 4 + part.length
  }
  return bytes
}

const split = (bytes: Uint8Array): E.Either<RevError, ReadonlyArray<Uint8Array>> => {
  const cut = E.left(
    new SideMismatch(`The bytes of a side end early, after ${bytes.length}. Write and read all of them.`),
  )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < 4) return cut
  const parts: Uint8Array[] = []
  let at = 4
  for (let left = view.getUint32(0, true); left > 0; left--) {
    if (at + 4 > bytes.length) return cut
    const end = at + 4 + view.getUint32(at, true)
    if (end > bytes.length) return cut
    parts.push(bytes.subarray(at + 4, end))
    at = end
  }
  return at === bytes.length
    ? E.right(parts)
    : E.left(new SideMismatch(`${bytes.length - at} bytes are left over after the last part of a side.`))
}

/** Codecs of no side, of bytes, of two parts and of many equal parts, and the contents of a side. */
export const Side = { nothing, bytes, pair, array, contents }
