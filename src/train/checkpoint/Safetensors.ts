/**
 * Named float32 arrays and texts in the layout of the safetensors format, which other tools read.
 *
 *     8 bytes: length of the header, little-endian    header: JSON, padded with spaces    the numbers, little-endian
 *
 * The header has `{ dtype, shape, data_offsets }` for every array, and texts under `__metadata__`.
 *
 * Law (checked by `test/train/safetensors.test.ts`): `readHeader` after `headerOf` gives the same names, shapes and
 * texts, and places that cover all numbers once.
 */
import { either as E, type taskEither as TE } from "fp-ts"
import * as t from "io-ts"
import { quoted } from "../../core/quoted.ts"
import { sizeOf } from "../../exact/frame.ts"
import type { ByteSource } from "./ByteSource.ts"
import { CheckpointDamaged } from "../errors/CheckpointDamaged.ts"
import { parseJson } from "./parseJson.ts"

// ---------------------------------------------------------------- model

export interface ArrayShape {
  readonly name: string
  readonly shape: ReadonlyArray<number>
}

/** The place of an array in a file: its numbers are the bytes from `at` on. */
export interface ArrayPlace extends ArrayShape {
  readonly at: number
}

export interface Header {
  /** The arrays, in the order of their numbers. */
  readonly arrays: ReadonlyArray<ArrayPlace>
  readonly metadata: ReadonlyMap<string, string>
  /** Its JSON text, padding included. */
  readonly text: string
}

const Entry = t.readonly(
  t.strict({ dtype: t.string, shape: t.readonlyArray(t.number), data_offsets: t.tuple([t.number, t.number]) }),
)

const METADATA = "__metadata__"

/** The longest header, in bytes, that the format's own reader accepts. */
const LONGEST = 100_000_000

// --------------------------------------------------------- constructors

/**
 * Returns the bytes before the numbers of these arrays, which follow in the same order. Throws `RangeError` for two
 * arrays of one name, and if there are more arrays than fit in a header.
 */
export const headerOf = (
  arrays: ReadonlyArray<ArrayShape>,
  metadata: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> => {
  const header = withoutPrototype<unknown>([[METADATA, withoutPrototype(metadata)]])
  let end = 0
  for (const { name, shape } of arrays) {
    if (name in header)
      throw new RangeError(`Two arrays of a file cannot have the same name ${quoted(name)}. Rename one.`)
    const begin = end
    end += 4 * sizeOf(shape)
    header[name] = { dtype: "F32", shape, data_offsets: [begin, end] }
  }
  const json = new TextEncoder().encode(JSON.stringify(header))
  const length = Math.ceil(json.length / 8) * 8
  if (length > LONGEST)
    throw new RangeError(
      `The header of ${arrays.length} arrays takes ${length} bytes, but a reader accepts at most ${LONGEST}. Use fewer parameters.`,
    )
  const bytes = new Uint8Array(8 + length).fill(0x20, 8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  bytes.set(json, 8)
  return bytes
}

/** Makes a record with only these names, including `__proto__`. */
const withoutPrototype = <X>(entries: Iterable<readonly [string, X]>): Record<string, X> => {
  const record: Record<string, X> = Object.create(null)
  for (const [name, value] of entries) record[name] = value
  return record
}

// ---------------------------------------------------------- destructors

/** Reads what a file contains, without its numbers. */
export const readHeader =
  ({ size, read }: ByteSource): TE.TaskEither<CheckpointDamaged, Header> =>
  async () => {
    if (size < 8) return damaged(`it has ${size} bytes, fewer than any header`)
    const length = Number(new DataView((await read(0, 8)).buffer).getBigUint64(0, true))
    if (length > size - 8) return damaged(`it has ${size} bytes, but says that its header has ${length}`)
    if (length > LONGEST) return damaged(`its header has ${length} bytes, but at most ${LONGEST} are read`)
    return parseHeader(await read(8, length), size - 8 - length)
  }

/** Parses a header that is followed by `room` bytes of numbers. */
const parseHeader = (bytes: Uint8Array, room: number): E.Either<CheckpointDamaged, Header> => {
  const text = E.tryCatch(() => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), String)
  if (E.isLeft(text)) return damaged("its header is not JSON")
  const json = parseJson(text.right)
  if (E.isLeft(json)) return damaged(`its header ${json.left}`)
  const header = json.right
  if (!t.UnknownRecord.is(header) || Array.isArray(header)) return damaged("its header is not a JSON object")
  const texts = Object.hasOwn(header, METADATA) ? (header[METADATA] ?? {}) : {}
  const metadata = t.readonlyArray(t.tuple([t.string, t.string])).decode(Object.entries(texts))
  if (typeof texts !== "object" || Array.isArray(texts) || E.isLeft(metadata))
    return damaged(`${METADATA} in its header does not contain only strings`)
  const first = 8 + bytes.length
  const found: ArrayPlace[] = []
  for (const [name, given] of Object.entries(header)) {
    if (name === METADATA) continue
    const entry = Entry.decode(given)
    if (E.isLeft(entry)) return damaged(`its header does not give the type, shape and offsets of ${quoted(name)}`)
    const { dtype, shape, data_offsets: offsets } = entry.right
    if (dtype !== "F32") return damaged(`${quoted(name)} has the type ${quoted(dtype)}, not F32`)
    const fits = shape.every((n) => Number.isSafeInteger(n) && n >= 0) && Number.isSafeInteger(offsets[0])
    if (!fits || offsets[1] - offsets[0] !== 4 * sizeOf(shape))
      return damaged(`${quoted(name)} of shape ${listed(shape)} does not take bytes ${offsets[0]} to ${offsets[1]}`)
    found.push({ name, shape, at: first + offsets[0] })
  }
  found.sort((x, y) => x.at - y.at || sizeOf(x.shape) - sizeOf(y.shape))
  let end = 0
  for (const { name, shape, at } of found) {
    if (at - first !== end)
      return damaged(`the numbers of ${quoted(name)} begin at byte ${at - first}, but those before them end at ${end}`)
    end += 4 * sizeOf(shape)
  }
  if (end !== room) return damaged(`its header lists ${end} bytes of numbers, but there are ${room}`)
  return E.right({ arrays: found, metadata: new Map(metadata.right), text: text.right })
}

const damaged = (reason: string): E.Either<CheckpointDamaged, never> => E.left(new CheckpointDamaged(reason))

/** Formats a shape for messages, which need at most eight axes. */
const listed = (shape: ReadonlyArray<number>): string =>
  `[${shape.slice(0, 8).join(", ")}${shape.length > 8 ? ", ..." : ""}]`
