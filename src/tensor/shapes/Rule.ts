/**
 * What a kernel makes, told from shapes alone.
 */
import { sizeOf } from "../../exact/frame.ts"
import type { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** What a kernel is called with, and the backend that it stands in for. */
export interface Call {
  readonly inputs: Readonly<Record<string, tf.TensorInfo | undefined>>
  readonly attrs: Readonly<Record<string, unknown>>
  readonly target: string
}

/** One output: a buffer of its own, or the buffer of an input under another shape. */
export interface Made {
  readonly shape: ReadonlyArray<number>
  readonly dtype: tf.DataType
  readonly of?: tf.TensorInfo
}

/**
 * The output of a kernel, or its outputs, the floating-point operations of its products, if it has any, and the bytes that it has
 * tensors of while it runs, unless there are none.
 */
export interface Outcome {
  readonly outputs: Made | ReadonlyArray<Made>
  readonly operations?: number
  readonly bytes?: number
}

export type Rule = (call: Call) => Outcome

// --------------------------------------------------------- constructors

/** One output. */
export const makes = (outputs: Made): Outcome => ({ outputs })

/** Several outputs. */
export const makesAll = (...outputs: ReadonlyArray<Made>): Outcome => ({ outputs })

/** A new buffer. */
export const fresh = (shape: ReadonlyArray<number>, dtype: tf.DataType = "float32"): Made => ({ shape, dtype })

/** A new buffer of the shape and type of x. */
export const alike = ({ shape, dtype }: tf.TensorInfo): Made => ({ shape, dtype })

/** The buffer of x. */
export const shared = (x: tf.TensorInfo, shape: ReadonlyArray<number> = x.shape): Made => ({
  shape,
  dtype: x.dtype,
  of: x,
})

// ---------------------------------------------------------- destructors

/** An input that the kernel must have been given. */
export const input = ({ inputs }: Call, name: string): tf.TensorInfo => {
  const x = inputs[name]
  if (x === undefined || x === null) throw new Error(`A kernel was called without its input ${name}.`)
  return x
}

/** An attribute that is a list of whole numbers; tfjs's ops have checked it. */
export const numbers = ({ attrs }: Call, name: string): ReadonlyArray<number> => attrs[name] as ReadonlyArray<number>

/** Rows and their width, of a shape. */
export const rowsOf = (shape: ReadonlyArray<number>): readonly [rows: number, width: number] => {
  const width = shape.at(-1) ?? 1
  return [sizeOf(shape.slice(0, -1)), width]
}
