/** BDIA's arithmetic composed of stock operations, with the same bits as on any backend. */
import type { DriftAttributes, PerSample } from "../spec/samples.ts"
import { float } from "./float.ts"
import type { Handle, Operations } from "./operations.ts"

/** Returns one coefficient per sample, shaped to broadcast over the other axes of x. */
export const perSample = ({ floats }: Operations, numbers: PerSample, x: Handle): Handle =>
  floats(numbers, [numbers.length, ...x.shape.slice(1).map(() => 1)])

/** Returns the coefficients of a block as the library takes them: one row per coefficient, one number per sample. */
export const table = ({ floats }: Operations, ...rows: readonly PerSample[]): Handle =>
  floats(rows.flat(), [rows.length, rows[0]?.length ?? 0])

/** Computes Q((1-g) x + (1+g) h), rounded half to even to the grid, with zeros of either sign. */
export const rounded = (operations: Operations, x: Handle, h: Handle, attributes: DriftAttributes): Handle => {
  const { own, change, step } = attributes
  const { add, mul } = float(operations)
  const sum = add(mul(x, perSample(operations, own, x)), mul(h, perSample(operations, change, x)))
  return toGrid(operations, sum, step)
}

/** Rounds half to even and multiplies by the step, with zeros of either sign. */
export const toGrid = (operations: Operations, x: Handle, step: number): Handle => {
  const { mul, number } = float(operations)
  return mul(operations.run("Round", [x]), number(step))
}

/** Returns x with every zero +0. */
export const oneZero = (operations: Operations, x: Handle): Handle => float(operations).add(x, operations.number(0))
