/**
 * Checks that the shapes and types of a kernel's inputs fit one another, the same on every backend.
 *
 * A kernel takes its loop bounds from its first input and would read a shorter input out of bounds. So `dispatch`
 * checks every call, and layers make the same checks where they compose other operations. A check takes less than a
 * microsecond.
 */
import { ShapeMismatch } from "../../../core/errors/ShapeMismatch.ts"
import { sameShape } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"

// ---------------------------------------------------------------- model

/** The inputs of a call, and the layer that errors name. */
export interface Inputs<N extends string> {
  readonly layer: string
  readonly inputs: { readonly [K in N]?: tf.TensorInfo }
}

type Shape = readonly number[]

// ---------------------------------------------------------- destructors

/** Formats a tensor for error messages. */
export const show = ({ dtype, shape }: { readonly dtype: tf.DataType; readonly shape: Shape }): string =>
  `${dtype} [${shape.join(", ")}]`

/** Returns a required input. Throws if it is missing. */
export const given = <N extends string>({ layer, inputs }: Inputs<N>, name: N): tf.TensorInfo => {
  const x = inputs[name]
  if (x === undefined || x === null)
    throw new ShapeMismatch(`${layer} was called without ${name}. Pass all of its inputs.`)
  return x
}

/** Returns the size of the last axis. */
export const widthOf = ({ shape }: tf.TensorInfo): number => shape.at(-1) ?? 1

/** Returns all axes except the last. */
export const leading = ({ shape }: tf.TensorInfo): number[] => shape.slice(0, -1)

/** Returns an input that must be float32. */
export const float = <N extends string>(call: Inputs<N>, name: N): tf.TensorInfo => {
  const x = given(call, name)
  if (x.dtype === "float32") return x
  throw new ShapeMismatch(`${call.layer}: ${name} is ${show(x)}, but must be float32. Cast it with toFloat().`)
}

/** Returns an input whose shape and type must follow from another input, `beside`. */
export const fitting = <N extends string>(
  call: Inputs<N>,
  name: N,
  shape: Shape,
  beside: N,
  dtype: tf.DataType = "float32",
): tf.TensorInfo => {
  const x = given(call, name)
  if (x.dtype === dtype && sameShape(x.shape, shape)) return x
  throw new ShapeMismatch(
    `${call.layer}: ${name} is ${show(x)}, but ${beside} is ${show(given(call, beside))}. Give ${name} as ${show({ dtype, shape })}.`,
  )
}

/** Checks that all inputs are float32 and have the shape of the first one. Returns the first. */
export const alike = <N extends string>(call: Inputs<N>, first: N, ...others: readonly N[]): tf.TensorInfo => {
  const x = float(call, first)
  for (const other of others) fitting(call, other, x.shape, first)
  return x
}

/** Checks that each of these attributes has one number per sample of x. */
export const perSample = (
  layer: string,
  x: tf.TensorInfo,
  attributes: Readonly<Record<string, readonly number[] | undefined>>,
): void => {
  for (const name in attributes) {
    const length = attributes[name]?.length ?? 0
    if (length !== (x.shape[0] ?? 1))
      throw new ShapeMismatch(
        `${layer}: ${name} has ${length} numbers, but the activations are ${show(x)}. Pass one number for each position on the leading axis.`,
      )
  }
}

/** Checks the weight of a matmul with `x`, whose last axis has size `k`. Returns the width of the output. */
export const weighing = <N extends string>(call: Inputs<N>, name: N, x: N, k: number, transposed = false): number => {
  const weight = float(call, name)
  const [rows, columns] = weight.shape
  const [inner, outer] = transposed ? [columns, rows] : [rows, columns]
  if (weight.shape.length === 2 && inner === k && outer !== undefined) return outer
  throw new ShapeMismatch(
    `${call.layer}: ${name} is ${show(weight)}, but ${x} is ${show(given(call, x))}. Use a ${name} with ${k} ${transposed ? "columns" : "rows"}, one for each input.`,
  )
}

/** Checks that `x` is float32 and that the named inputs have one number per column. Returns `x`. */
export const rowwise = <N extends string>(call: Inputs<N>, x: N, ...names: readonly N[]): tf.TensorInfo => {
  const rows = float(call, x)
  const width = [widthOf(rows)]
  for (const name of names) fitting(call, name, width, x)
  return rows
}

/** Checks that there is one class for each row of logits. */
export const classified = <N extends string>(call: Inputs<N>, logits: N, targets: N): void => {
  const x = float(call, logits)
  fitting(call, targets, leading(x), logits, "int32")
  if (x.shape.length < 1 || x.shape.includes(0))
    throw new ShapeMismatch(
      `${call.layer}: ${logits} is ${show(x)}, which has no rows or no classes, so the mean loss is undefined. Pass at least one of each.`,
    )
}
