/**
 * What a kernel may be given: shapes and types that fit one another, the same on every backend.
 *
 * A kernel reads as many numbers as its first input says; a shorter input would be read past its end. So `dispatch` checks every call, and
 * layers check the same where they compose other operations. A check costs less than a microsecond.
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

/** A tensor as errors show it. */
export const show = ({ dtype, shape }: { readonly dtype: tf.DataType; readonly shape: Shape }): string =>
  `${dtype} [${shape.join(", ")}]`

/** An input that the caller must give. */
export const given = <N extends string>({ layer, inputs }: Inputs<N>, name: N): tf.TensorInfo => {
  const x = inputs[name]
  if (x === undefined || x === null)
    throw new ShapeMismatch(`${layer} was called without ${name}. Give it all of its inputs.`)
  return x
}

/** The size of the last axis. */
export const widthOf = ({ shape }: tf.TensorInfo): number => shape.at(-1) ?? 1

/** All axes but the last. */
export const leading = ({ shape }: tf.TensorInfo): number[] => shape.slice(0, -1)

/** An input that is float32. */
export const float = <N extends string>(call: Inputs<N>, name: N): tf.TensorInfo => {
  const x = given(call, name)
  if (x.dtype === "float32") return x
  throw new ShapeMismatch(`${call.layer}: ${name} is ${show(x)}, but must be float32. Cast it with toFloat().`)
}

/** An input whose shape and type follow from another one, `beside`. */
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

/** Inputs that have the shape of the first one, all of them float32. Returns the first. */
export const alike = <N extends string>(call: Inputs<N>, first: N, ...others: readonly N[]): tf.TensorInfo => {
  const x = float(call, first)
  for (const other of others) fitting(call, other, x.shape, first)
  return x
}

/** The attributes, by their names, have one number for each sample of x. */
export const perSample = (
  layer: string,
  x: tf.TensorInfo,
  attributes: Readonly<Record<string, readonly number[] | undefined>>,
): void => {
  for (const name in attributes) {
    const length = attributes[name]?.length ?? 0
    if (length !== (x.shape[0] ?? 1))
      throw new ShapeMismatch(
        `${layer}: there are ${length} numbers ${name} for activations ${show(x)}. Give one for each place on the leading axis.`,
      )
  }
}

/** The weight of a matrix product with `x`, whose last axis is `k` long. Returns the width of the product. */
export const weighing = <N extends string>(call: Inputs<N>, name: N, x: N, k: number, transposed = false): number => {
  const weight = float(call, name)
  const [rows, columns] = weight.shape
  const [inner, outer] = transposed ? [columns, rows] : [rows, columns]
  if (weight.shape.length === 2 && inner === k && outer !== undefined) return outer
  throw new ShapeMismatch(
    `${call.layer}: ${name} is ${show(weight)}, but ${x} is ${show(given(call, x))}. Give ${name} with ${k} ${transposed ? "columns" : "rows"}, one for each input.`,
  )
}

/** Rows `x` of float32, and inputs with one number for each column. Returns the rows. */
export const rowwise = <N extends string>(call: Inputs<N>, x: N, ...names: readonly N[]): tf.TensorInfo => {
  const rows = float(call, x)
  const width = [widthOf(rows)]
  for (const name of names) fitting(call, name, width, x)
  return rows
}

/** One class for each row of logits. */
export const classified = <N extends string>(call: Inputs<N>, logits: N, targets: N): void => {
  const x = float(call, logits)
  fitting(call, targets, leading(x), logits, "int32")
  if (x.shape.length < 1 || x.shape.includes(0))
    throw new ShapeMismatch(
      `${call.layer}: ${logits} is ${show(x)}, and there is no row or no class to take the mean loss of. Give at least one of each.`,
    )
}
