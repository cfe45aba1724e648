/**
 * The space of JavaScript numbers: one sample, one activation.
 */
import { either as E, option as O } from "fp-ts"
import type { Side } from "../core/Side.ts"
import { SideMismatch } from "../core/errors/SideMismatch.ts"
import { decodeFrame, encodeFrame, showShape, type Kind } from "./frame.ts"
import { Grid } from "./Grid.ts"
import { Space, type PerSample } from "./Space.ts"

// --------------------------------------------------------- constructors

/** BDIA's arithmetic on numbers with `fractionBits` fraction bits, for exhaustive tests in milliseconds. */
export const numberSpace = (fractionBits: number): Space<number, 0 | 1> => {
  const grid = Grid.make(fractionBits)
  const quantize = (y: number): number => Grid.round(grid, y)
  return Space.make({
    grid,
    quantize,
    drift: (gamma, x, h) => quantize((1 - one(gamma)) * x + (1 + one(gamma)) * h),
    plus: (x, y) => x + y,
    minus: (x, y) => x - y,
    times: (coefficients, x) => one(coefficients) * x,
    parity: (x) => Grid.parity(grid, x),
    lift: (x, s) => x + s * grid.step,
    lower: (x, s) => x - s * grid.step + 0,
    divide: (divisor, x) => Grid.divide(grid, divisor, x),
    bit: codec(
      "plane",
      fractionBits,
      1,
      ([byte]) => (byte === 0 ? 0 : 1),
      (s) => Uint8Array.of(s),
    ),
    value: codec(
      "float32",
      fractionBits,
      32,
      (payload) => new DataView(payload.buffer, payload.byteOffset).getFloat32(0, true),
      (x) => new Uint8Array(Float32Array.of(x).buffer),
    ),
  })
}

const one = (coefficients: PerSample): number => {
  const [coefficient] = coefficients
  if (coefficient === undefined || coefficients.length !== 1)
    throw new RangeError(`A number is one sample, but the environment has ${coefficients.length} sample ids.`)
  return coefficient
}

const codec = <X>(
  kind: Kind,
  fractionBits: number,
  bits: number,
  read: (payload: Uint8Array) => X,
  write: (x: X) => Uint8Array,
): Side<X> => ({
  only: O.none,
  bits: () => bits,
  toBytes: (x) => async () => encodeFrame({ kind, fractionBits, shape: [], payload: write(x) }),
  fromBytes: (bytes) => async () => {
    const frame = decodeFrame(kind, fractionBits, bytes)
    if (E.isLeft(frame)) return frame
    return frame.right.shape.length === 0
      ? E.right(read(frame.right.payload))
      : E.left(new SideMismatch(`A number was expected, but the bytes hold shape ${showShape(frame.right.shape)}.`))
  },
  release: () => {},
})
