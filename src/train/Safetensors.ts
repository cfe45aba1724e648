/**
 * Named float32 arrays with text beside them, in the layout of the safetensors format, which other tools read.
 *
 *     8 bytes: length of the header, little-endian    header: JSON, padded with spaces    the numbers, little-endian
 *
 * The header has `{ dtype, shape, data_offsets }` for every array, and texts under `__metadata__`.
 *
 * Law (checked by `test/checkpoint.test.ts`): `decode` after `encode` gives the same names, shapes, bits and texts.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { sizeOf } from "../exact/frame.ts"
import { CheckpointDamaged } from "./errors/CheckpointDamaged.ts"

// ---------------------------------------------------------------- model

export interface NamedArray {
  readonly name: string
  readonly shape: ReadonlyArray<number>
  readonly values: Float32Array
}

export interface Safetensors {
  readonly arrays: ReadonlyArray<NamedArray>
  readonly metadata: Readonly<Record<string, string>>
}

const Entry = t.readonly(
  t.strict({ dtype: t.string, shape: t.readonlyArray(t.number), data_offsets: t.tuple([t.number, t.number]) }),
)

const METADATA = "__metadata__"

// ---------------------------------------------------------- destructors

export const encode = ({ arrays, metadata }: Safetensors): Uint8Array => {
  const header: Record<string, unknown> = { [METADATA]: metadata }
  let end = 0
  for (const { name, shape, values } of arrays) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + values.byteLength] }
    end += values.byteLength
  }
  const json = new TextEncoder().encode(JSON.stringify(header))
  const begin = 8 + Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(begin + end).fill(0x20, 8, begin)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(begin - 8), true)
  bytes.set(json, 8)
  let at = begin
  for (const { values } of arrays) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
    at += values.byteLength
  }
  return bytes
}

/** The arrays in the order of their numbers. */
export const decode = (bytes: Uint8Array): E.Either<CheckpointDamaged, Safetensors> => {
  if (bytes.length < 8) return damaged(`it has ${bytes.length} bytes, and its header alone has more`)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > bytes.length - 8)
    return damaged(`it has ${bytes.length} bytes, and the header that they begin with would have ${length}`)
  const header = parsed(bytes.subarray(8, 8 + length))
  if (E.isLeft(header)) return header
  const { [METADATA]: texts = {}, ...entries } = header.right
  const metadata = t.record(t.string, t.string).decode(texts)
  if (E.isLeft(metadata)) return damaged(`${METADATA} in its header is not made of texts`)
  const data = bytes.subarray(8 + length)
  const found: Array<{ readonly name: string; readonly shape: ReadonlyArray<number>; readonly at: number }> = []
  for (const [name, given] of Object.entries(entries)) {
    const entry = Entry.decode(given)
    if (E.isLeft(entry)) return damaged(`its header does not say of ${name} what it should`)
    const { dtype, shape, data_offsets: offsets } = entry.right
    if (dtype !== "F32") return damaged(`${name} is of the type ${dtype}, not F32`)
    if (
      !shape.every((size) => Number.isSafeInteger(size) && size >= 0) ||
      offsets[1] - offsets[0] !== 4 * sizeOf(shape)
    )
      return damaged(`${name} of the shape [${shape.join(", ")}] does not take bytes ${offsets[0]} to ${offsets[1]}`)
    found.push({ name, shape, at: offsets[0] })
  }
  found.sort((x, y) => x.at - y.at || sizeOf(x.shape) - sizeOf(y.shape))
  let end = 0
  for (const { name, shape, at } of found) {
    if (at !== end) return damaged(`the numbers of ${name} begin at byte ${at}, and those before them end at ${end}`)
    end += 4 * sizeOf(shape)
  }
  if (end !== data.length) return damaged(`its header speaks of ${end} bytes of numbers, and there are ${data.length}`)
  const values = ({ shape, at }: (typeof found)[number]) =>
    new Float32Array(new Uint8Array(data.subarray(at, at + 4 * sizeOf(shape))).buffer)
  return E.right({
    arrays: found.map((array) => ({ name: array.name, shape: array.shape, values: values(array) })),
    metadata: metadata.right,
  })
}

const parsed = (json: Uint8Array): E.Either<CheckpointDamaged, Readonly<Record<string, unknown>>> => {
  const header = E.tryCatch((): unknown => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json)), String)
  if (E.isRight(header)) {
    const record = t.UnknownRecord.decode(header.right)
    if (E.isRight(record)) return record
  }
  return damaged("its header is not JSON")
}

const damaged = (reason: string): E.Either<CheckpointDamaged, never> => E.left(new CheckpointDamaged(reason))
