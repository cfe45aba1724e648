/** Checks of TensorFlow.js kernels whose operations accept inputs that a backend would read out of bounds. */
import { ShapeMismatch } from "../../core/errors/ShapeMismatch.ts"
import { fitting, show } from "../kernels/spec/checks.ts"
import type { Contract, One, Outputs } from "../kernels/spec/Kernel.ts"
import { tile, transpose, unpack, unsortedSegmentSum } from "../kernels/spec/stock.ts"

// ---------------------------------------------------------------- model

/** Throws `ShapeMismatch` unless the inputs and attributes of a call fit. */
type Check = (inputs: object, attributes: object) => void

// --------------------------------------------------------- constructors

const checking = <I extends object, A extends object>(
  { name }: Contract<I, A, Outputs>,
  check: (inputs: I, attributes: A) => void,
): Readonly<Record<string, Check>> => ({
  // TensorFlow.js operations call their kernels as the kernels' contracts say.
  [name]: (inputs, attributes) => check(inputs as I, attributes as A),
})

const refuse = (
  layer: string,
  name: string,
  numbers: readonly number[],
  input: string,
  x: One,
  advice: string,
): void => {
  throw new ShapeMismatch(`${layer}: ${name} is [${numbers.join(", ")}], but ${input} is ${show(x)}. ${advice}`)
}

const isSize = (size: number): boolean => Number.isInteger(size) && size >= 0

// ------------------------------------------------------------ instances

/** Checks by kernel name. */
export const stockChecks: Readonly<Record<string, Check>> = {
  ...checking(
    unsortedSegmentSum,
    (inputs) =>
      void fitting({ layer: "unsortedSegmentSum", inputs }, "segmentIds", inputs.x.shape.slice(0, 1), "x", "int32"),
  ),
  ...checking(transpose, ({ x }, { perm }) => {
    const rank = x.shape.length
    if (perm.length !== rank || new Set(perm).size !== rank || !perm.every((p) => isSize(p) && p < rank))
      refuse("transpose", "perm", perm, "x", x, "Name each of its axes once.")
  }),
  ...checking(tile, ({ x }, { reps }) => {
    if (reps.length !== x.shape.length || !reps.every(isSize))
      refuse("tile", "reps", reps, "x", x, "Give one repetition for each axis.")
  }),
  ...checking(unpack, ({ value }, { axis }) => {
    const rank = value.shape.length
    if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
      refuse("unstack", "axis", [axis], "value", value, "Name one of its axes.")
  }),
}
