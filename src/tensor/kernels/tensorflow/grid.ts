/** BDIA's arithmetic of stock operations, with the bits of the same arithmetic anywhere. */
import type { DriftAttributes, PerSample } from "../spec/samples.ts"
import { float } from "./float.ts"
import type { Handle, Operations } from "./operations.ts"

/** One coefficient for each sample, shaped to broadcast over the other axes of x. */
export const perSample = ({ floats }: Operations, numbers: PerSample, x: Handle): Handle =>
  floats(numbers, [numbers.length, ...x.shape.slice(1).map(() => 1)])

/** Coefficients of a block as the library takes them: one row each, one number for each sample. */
export const table = ({ floats }: Operations, ...rows: readonly PerSample[]): Handle =>
  floats(rows.flat(), [rows.length, rows[0]?.length ?? 0])

/** Q((1-g) x + (1+g) h), half to even onto the grid, with zeros of either sign. */
export const rounded = (operations: Operations, x: Handle, h: Handle, attributes: DriftAttributes): Handle => {
  const { own, change, step } = attributes
  const { add, mul } = float(operations)
  const sum = add(mul(x, perSample(operations, own, x)), mul(h, perSample(operations, change, x)))
  return toGrid(operations, sum, step)
}

/** Half to even, times the step, with zeros of either sign. */
export const toGrid = (operations: Operations, x: Handle, step: number): Handle => {
  const { mul, number } = float(operations)
  return mul(operations.run("Round", [x]), number(step))
}

/** The same numbers, every zero +0. */
export const oneZero = (operations: Operations, x: Handle): Handle => float(operations).add(x, operations.number(0))
