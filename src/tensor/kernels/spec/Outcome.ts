/**
 * The outputs and the cost of a kernel, from shapes alone.
 */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"

// ---------------------------------------------------------------- model

/** The backend that shapes are computed for. `opLibrary` is true on `tensorflow` with its op library. */
export interface Target {
  readonly backend: string
  readonly opLibrary: boolean
}

/** One output: a new buffer, or the buffer of an input with another shape. */
export interface Made {
  readonly shape: ReadonlyArray<number>
  readonly dtype: tf.DataType
  readonly of?: tf.TensorInfo
}

/**
 * The outputs of a kernel, the floating-point operations of its matmuls and convolutions, and the bytes of temporary
 * tensors. Without operations or temporary tensors these are omitted.
 */
export interface Outcome {
  readonly outputs: Made | ReadonlyArray<Made>
  readonly operations?: number
  readonly bytes?: number
}

// --------------------------------------------------------- constructors

/** Makes the outcome of a kernel with one output. */
export const makes = (outputs: Made): Outcome => ({ outputs })

/** Makes the outcome of a kernel with several outputs. */
export const makesAll = (...outputs: ReadonlyArray<Made>): Outcome => ({ outputs })

/** Describes a new buffer. */
export const fresh = (shape: ReadonlyArray<number>, dtype: tf.DataType = "float32"): Made => ({ shape, dtype })

/** Describes a new buffer of the shape and type of x. */
export const alike = ({ shape, dtype }: tf.TensorInfo): Made => ({ shape, dtype })

/** Describes the buffer of x. */
export const shared = (x: tf.TensorInfo, shape: ReadonlyArray<number> = x.shape): Made => ({
  shape,
  dtype: x.dtype,
  of: x,
})

/**
 * Describes the buffer of x, or a new buffer where kernels do not write in place: on WebGPU and with TensorFlow's stock
 * operations.
 */
export const writtenOver = (x: tf.TensorInfo, target: Target): Made =>
  target.backend === "webgpu" || isStock(target) ? alike(x) : shared(x)

// ---------------------------------------------------------- destructors

/** Returns whether kernels are composed of TensorFlow's stock operations. */
export const isStock = ({ backend, opLibrary }: Target): boolean => backend === "tensorflow" && !opLibrary

/** Returns the number of rows of a shape and their width. */
export const rowsOf = (shape: ReadonlyArray<number>): readonly [rows: number, width: number] => {
  const width = shape.at(-1) ?? 1
  return [sizeOf(shape.slice(0, -1)), width]
}
