/** Checks of kernels of TensorFlow.js whose operations let inputs through that a backend would read past their end. */
import { ShapeMismatch } from "../../core/errors/ShapeMismatch.ts"
import { fitting, given, show, type Inputs } from "../kernels/spec/checks.ts"

// ---------------------------------------------------------------- model

/** Throws `ShapeMismatch` unless the inputs and attributes fit. */
type Check = (inputs: Inputs<string>["inputs"], attrs: Readonly<Record<string, unknown>>) => void

// --------------------------------------------------------- constructors

/** The attribute `name` has integers that fit the rank of an input. */
const perAxis =
  (
    layer: string,
    name: string,
    input: string,
    fits: (numbers: readonly number[], rank: number) => boolean,
    advice: string,
  ): Check =>
  (inputs, attrs) => {
    const x = given({ layer, inputs }, input)
    const numbers = [attrs[name]].flat() as readonly number[] // what the kernel reads
    if (!fits(numbers, x.shape.length))
      throw new ShapeMismatch(`${layer}: ${name} is [${numbers.join(", ")}], but ${input} is ${show(x)}. ${advice}`)
  }

const isSize = (size: number): boolean => Number.isInteger(size) && size >= 0

// ------------------------------------------------------------ instances

/** Checks by the name of the kernel. */
export const stockChecks: Readonly<Record<string, Check>> = {
  UnsortedSegmentSum: (inputs) => {
    const call = { layer: "unsortedSegmentSum", inputs }
    fitting(call, "segmentIds", given(call, "x").shape.slice(0, 1), "x", "int32")
  },
  Transpose: perAxis(
    "transpose",
    "perm",
    "x",
    (perm, rank) => perm.length === rank && new Set(perm).size === rank && perm.every((p) => isSize(p) && p < rank),
    "Name each of its axes once.",
  ),
  Tile: perAxis(
    "tile",
    "reps",
    "x",
    (reps, rank) => reps.length === rank && reps.every(isSize),
    "Give one repetition for each axis.",
  ),
  Unpack: perAxis(
    "unstack",
    "axis",
    "value",
    ([axis = NaN], rank) => Number.isInteger(axis) && axis >= -rank && axis < rank,
    "Name one of its axes.",
  ),
}
