/**
 * The reference space: Float32Arrays, divided into equal consecutive parts, one per sample of the batch.
 */
import { either as E, option as O } from "fp-ts"
import type { Side } from "../core/Side.ts"
import { SideMismatch } from "../core/errors/SideMismatch.ts"
import { ShapeMismatch } from "../core/errors/ShapeMismatch.ts"
import { decodeFrame, encodeFrame, showShape, sizeOf, type Kind } from "./frame.ts"
import { Grid } from "./Grid.ts"
import { Space, type PerSample } from "./Space.ts"

// ---------------------------------------------------------------- model

/** Parities of a Float32Array: element i is bit i mod 8 of byte i / 8. */
export interface PackedBits {
  readonly length: number
  readonly bytes: Uint8Array
}

// --------------------------------------------------------- constructors

/** BDIA's arithmetic on Float32Arrays. Every operation rounds to float32, as tensor backends do. */
export const float32Space = (fractionBits: number): Space<Float32Array, PackedBits> => {
  const grid = Grid.make(fractionBits)
  const round = (y: number): number => Grid.round(grid, y)
  const parity = (x: number): 0 | 1 => Grid.parity(grid, x)
  return Space.make({
    grid,
    quantize: (y) => y.map(round),
    drift: (gamma, x, h) =>
      zip(x, h, (a, b, i) => {
        const g = sampleOf(gamma, x, i)
        return round(Math.fround(Math.fround((1 - g) * a) + Math.fround((1 + g) * b)))
      }),
    plus: (x, y) => zip(x, y, (a, b) => a + b),
    minus: (x, y) => zip(x, y, (a, b) => a - b),
    times: (coefficients, x) => x.map((a, i) => sampleOf(coefficients, x, i) * a),
    parity: (x) => pack(x, parity),
    lift: (x, s) => x.map((a, i) => a + bitAt(s, x, i) * grid.step),
    lower: (x, s) => x.map((a, i) => a - bitAt(s, x, i) * grid.step + 0),
    divide: (divisor, x) => {
      const [quotient, remainder] = [x.slice(), x.slice()]
      for (const [i, a] of x.entries()) [quotient[i], remainder[i]] = Grid.divide(grid, divisor, a)
      return [quotient, remainder]
    },
    bit: packedSide(fractionBits),
    value: float32Side(fractionBits),
  })
}

/** The codec of a Float32Array; `fractionBits` is null for values on no grid. Throws `RangeError` for a wrong grid. */
export const float32Side = (fractionBits: number | null): Side<Float32Array> => {
  if (fractionBits !== null) Grid.make(fractionBits)
  return {
    only: O.none,
    bits: (x) => 32 * x.length,
    toBytes: (x) => async () =>
      encodeFrame({
        kind: "float32",
        fractionBits,
        shape: [x.length],
        payload: new Uint8Array(x.buffer, x.byteOffset, x.byteLength),
      }),
    fromBytes: (bytes) => async () => {
      const frame = decodeLine("float32", fractionBits, bytes)
      return E.isLeft(frame) ? frame : E.right(new Float32Array(frame.right.payload.slice().buffer))
    },
    release: () => {},
  }
}

const packedSide = (fractionBits: number): Side<PackedBits> => ({
  only: O.none,
  bits: ({ length }) => length,
  toBytes:
    ({ length, bytes }) =>
    async () =>
      encodeFrame({ kind: "plane", fractionBits, shape: [length], payload: bytes }),
  fromBytes: (bytes) => async () => {
    const frame = decodeLine("plane", fractionBits, bytes)
    if (E.isLeft(frame)) return frame
    return E.right({ length: sizeOf(frame.right.shape), bytes: frame.right.payload.slice() })
  },
  release: () => {},
})

/** Accepts a frame of one dimension, or of none: one number. */
const decodeLine = (kind: Kind, fractionBits: number | null, bytes: Uint8Array) => {
  const frame = decodeFrame(kind, fractionBits, bytes)
  if (E.isLeft(frame) || frame.right.shape.length <= 1) return frame
  return E.left(
    new SideMismatch(
      `An array of one dimension was expected, but the bytes hold shape ${showShape(frame.right.shape)}.`,
    ),
  )
}

const pack = (x: Float32Array, parity: (x: number) => 0 | 1): PackedBits => {
  const bytes = new Uint8Array(Math.ceil(x.length / 8))
  for (const [i, a] of x.entries()) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (parity(a) << (i & 7))
  return { length: x.length, bytes }
}

const bitAt = ({ length, bytes }: PackedBits, x: Float32Array, i: number): number => {
  if (length !== x.length)
    throw new ShapeMismatch(
      `A plane of ${length} bits does not match ${x.length} activations. Use the plane of this block.`,
    )
  return ((bytes[i >> 3] ?? 0) >> (i & 7)) & 1
}

const sampleOf = (coefficients: PerSample, x: Float32Array, i: number): number => {
  const run = x.length / coefficients.length
  const coefficient = coefficients[Math.floor(i / run)]
  if (coefficient === undefined || !Number.isInteger(run))
    throw new ShapeMismatch(
      `${x.length} activations cannot be divided into ${coefficients.length} samples. Give one sample id per sample of the batch.`,
    )
  return coefficient
}

const zip = (x: Float32Array, y: Float32Array, f: (a: number, b: number, i: number) => number): Float32Array => {
  if (x.length !== y.length)
    throw new ShapeMismatch(
      `${x.length} activations cannot be combined with ${y.length}. A residual must return as many as its result is added to: as many as its input, or in a coupling as many as the other half.`,
    )
  return x.map((a, i) => f(a, y[i] ?? 0, i))
}
