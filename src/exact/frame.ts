/**
 * The byte format of planes and activations (docs/specification.md, "Bytes").
 *
 * | bytes | content |
 * | --- | --- |
 * | 0-3 | `BJOU` |
 * | 4 | version, 1 |
 * | 5 | kind: 1 plane, 2 float32, 3 int32 |
 * | 6 | fraction bits l, or 255 for values on no grid |
 * | 7 | bits per element: 1 or 32 |
 * | 8-11 | rank r, then r dimensions of 4 bytes each |
 * | rest | elements in row-major order, little endian; element i of a plane is bit i mod 8 of byte i / 8, padded with 0 |
 */
import { either as E } from "fp-ts"
import { SideMismatch } from "../core/errors/SideMismatch.ts"

// ---------------------------------------------------------------- model

export type Kind = "plane" | "float32" | "int32"

export interface Frame {
  readonly kind: Kind
  /** `null` for values on no grid. */
  readonly fractionBits: number | null
  readonly shape: ReadonlyArray<number>
  readonly payload: Uint8Array
}

// --------------------------------------------------------- constructors

/**
 * Reads a frame. Returns `SideMismatch` for any other kind, fraction bits or length, and for padding that is not 0. It
 * does not check values: activations between two parts may be off the grid, and a chain checks its own input.
 */
export const decodeFrame = (
  kind: Kind,
  fractionBits: number | null,
  bytes: Uint8Array,
): E.Either<SideMismatch, Frame> => {
  const refuse = (sentence: string) => E.left(new SideMismatch(sentence))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < 12 || !isFrame(bytes))
    return refuse(`These ${bytes.length} bytes do not begin with BJOU. Pass bytes that toBytes wrote.`)
  if (bytes[4] !== version)
    return refuse(`The bytes have format version ${bytes[4]}, but this library reads version ${version}.`)
  if (bytes[5] !== codes[kind] || bytes[7] !== width[kind])
    return refuse(`A ${kind} was expected, but the bytes are of kind ${bytes[5]} with ${bytes[7]} bits per element.`)
  if (bytes[6] !== (fractionBits ?? noGrid))
    return refuse(
      `The bytes are on a grid of ${bytes[6]} fraction bits, but the network's grid has ${fractionBits ?? "none"}.`,
    )
  const rank = view.getUint32(8, true)
  const start = 12 + 4 * rank
  if (bytes.length < start) return refuse(`The bytes end after ${bytes.length}, inside their header.`)
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(12 + 4 * i, true))
  const expected = start + payloadLength(kind, shape)
  if (!Number.isSafeInteger(expected))
    return refuse(
      `A ${kind} of shape ${showShape(shape)} has more elements than any array. Pass bytes that toBytes wrote.`,
    )
  if (bytes.length !== expected)
    return refuse(`A ${kind} of shape ${showShape(shape)} has ${expected} bytes, but ${bytes.length} were given.`)
  const padded = (sizeOf(shape) * width[kind]) % 8
  if (padded > 0 && (bytes[expected - 1] ?? 0) >> padded > 0)
    return refuse(`The last ${8 - padded} bits of a plane of shape ${showShape(shape)} are padding and must be 0.`)
  // Not `subarray`: it makes a Buffer from a Node Buffer, whose `slice` does not copy.
  return E.right({
    kind,
    fractionBits,
    shape,
    payload: new Uint8Array(bytes.buffer, bytes.byteOffset + start, bytes.length - start),
  })
}

// ---------------------------------------------------------- destructors

export const encodeFrame = ({ kind, fractionBits, shape, payload }: Frame): Uint8Array => {
  const start = 12 + 4 * shape.length
  const bytes = new Uint8Array(start + payload.length)
  const view = new DataView(bytes.buffer)
  bytes.set(magic)
  bytes.set([version, codes[kind], fractionBits ?? noGrid, width[kind]], 4)
  view.setUint32(8, shape.length, true)
  for (const [i, size] of shape.entries()) view.setUint32(12 + 4 * i, size, true)
  bytes.set(payload, start)
  return bytes
}

/** Says whether bytes begin as a frame does. */
export const isFrame = (bytes: Uint8Array): boolean => magic.every((byte, i) => bytes[i] === byte)

/** Says whether bytes are a frame of int32. */
export const isInt32Frame = (bytes: Uint8Array): boolean => isFrame(bytes) && bytes[5] === codes.int32

/** Counts the elements of a shape. */
export const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((product, size) => product * size, 1)

/** Says whether two shapes are the same. */
export const sameShape = (x: ReadonlyArray<number>, y: ReadonlyArray<number>): boolean =>
  x.length === y.length && x.every((size, axis) => size === y[axis])

/** Formats a shape for a message, truncated after eight sizes. */
export const showShape = (shape: ReadonlyArray<number>): string =>
  shape.length > 8 ? `[${shape.slice(0, 8).join(", ")}, ... ${shape.length} sizes]` : `[${shape.join(", ")}]`

/** Says whether each value of a float32 frame on a grid is 0 to `most` steps of the grid; true for other bytes. */
export const withinSteps = (bytes: Uint8Array, most: number): boolean => {
  const fractionBits = bytes[6] ?? noGrid
  if (fractionBits > 23) return true
  const frame = decodeFrame("float32", fractionBits, bytes)
  if (E.isLeft(frame)) return true
  const { payload } = frame.right
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length)
  for (let at = 0; at < payload.length; at += 4) {
    const steps = view.getFloat32(at, true) * 2 ** fractionBits
    if (!Number.isInteger(steps) || steps < 0 || steps > most) return false
  }
  return true
}

/** The bytes of the elements of a frame. */
export const payloadLength = (kind: Kind, shape: ReadonlyArray<number>): number =>
  Math.ceil((sizeOf(shape) * width[kind]) / 8)

const magic = [0x42, 0x4a, 0x4f, 0x55]
const version = 1
const noGrid = 255
const codes = { plane: 1, float32: 2, int32: 3 }
const width = { plane: 1, float32: 32, int32: 32 }
