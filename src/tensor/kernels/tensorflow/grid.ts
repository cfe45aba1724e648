/** BDIA's arithmetic of stock operations, with the bits of the same arithmetic anywhere. */
import { sizeOf } from "../../../exact/frame.ts"
import { float } from "./float.ts"
import type { Handle, Operations } from "./operations.ts"

/** The bits of a word. */
const BITS = Array.from({ length: 32 }, (_, i) => i)

/** One coefficient for each sample, shaped to spread over the other axes of x. */
export const perSample = (operations: Operations, values: unknown, x: Handle): Handle => {
  const numbers = values as ReadonlyArray<number> // the attributes are ours
  return operations.floats(numbers, [numbers.length, ...x.shape.slice(1).map(() => 1)])
}

/** Q(..): half to even onto the grid, with zeros of either sign. */
export const rounded = (
  operations: Operations,
  x: Handle,
  h: Handle,
  attrs: Readonly<Record<string, unknown>>,
  step: number,
): Handle => {
  const { add, mul } = float(operations)
  const sum = add(mul(x, perSample(operations, attrs["own"], x)), mul(h, perSample(operations, attrs["change"], x)))
  return toGrid(operations, sum, step)
}

/** Half to even, times the step, with zeros of either sign. */
export const toGrid = (operations: Operations, x: Handle, step: number): Handle => {
  const { mul, number } = float(operations)
  return mul(operations.run("Round", [x]), number(step))
}

/** The same numbers, every zero +0. */
export const oneZero = (operations: Operations, x: Handle): Handle => float(operations).add(x, operations.number(0))

/** The parities of x 2^l, as 0 and 1. */
export const parities = (operations: Operations, x: Handle, scale: number): Handle => {
  const { constant, run } = operations
  const { mul, number, toInt } = float(operations)
  return run("BitwiseAnd", [toInt(mul(x, number(scale))), constant([1], [])])
}

/** Parities, 32 in a word. */
export const packed = (operations: Operations, parity: Handle): Handle => {
  const { constant, run } = operations
  const { reshape } = float(operations)
  const n = sizeOf(parity.shape)
  const words = Math.ceil(n / 32)
  const bits = reshape(parity, [n])
  const whole = n === 32 * words ? bits : run("Pad", [bits, constant([0, 32 * words - n], [1, 2])])
  const placed = run("LeftShift", [reshape(whole, [words, 32]), constant(BITS)])
  return run("Sum", [placed, constant([-1])])
}

/** The bits of the words as 0 and `step`, in the shape of x. */
export const unpacked = (operations: Operations, words: Handle, shape: ReadonlyArray<number>, step: number): Handle => {
  const { constant, run } = operations
  const { mul, number, reshape, toFloat } = float(operations)
  const n = sizeOf(shape)
  const count = sizeOf(words.shape)
  const shifted = run("RightShift", [reshape(words, [count, 1]), constant(BITS)])
  const bits = reshape(run("BitwiseAnd", [shifted, constant([1], [])]), [32 * count])
  const own = n === 32 * count ? bits : run("Slice", [bits, constant([0]), constant([n])])
  return mul(reshape(toFloat(own), shape), number(step))
}

/** Coefficients of a block as the library takes them: one row each, one number a sample. */
export const table = ({ floats }: Operations, ...rows: ReadonlyArray<ReadonlyArray<number>>): Handle =>
  floats(rows.flat(), [rows.length, rows[0]?.length ?? 0])

/** The numbers of an attribute that has one for each sample. */
export const numbers = (attrs: Readonly<Record<string, unknown>>, name: string): ReadonlyArray<number> =>
  attrs[name] as ReadonlyArray<number> // the attributes are ours
