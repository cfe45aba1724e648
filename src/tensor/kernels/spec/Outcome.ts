/**
 * What a kernel returns and costs, from shapes alone.
 */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"

// ---------------------------------------------------------------- model

/** The backend that shapes are computed for; `opLibrary` is true on `tensorflow` with its op library. */
export interface Target {
  readonly backend: string
  readonly opLibrary: boolean
}

/** One output: a buffer of its own, or the buffer of an input under another shape. */
export interface Made {
  readonly shape: ReadonlyArray<number>
  readonly dtype: tf.DataType
  readonly of?: tf.TensorInfo
}

/**
 * The output of a kernel, or its outputs, the floating-point operations of its matrix products, if it has any, and the bytes of the tensors that
 * it allocates while it runs, unless there are none.
 */
export interface Outcome {
  readonly outputs: Made | ReadonlyArray<Made>
  readonly operations?: number
  readonly bytes?: number
}

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

/** The buffer of x, except where kernels do not write in place: on WebGPU, and with TensorFlow's stock operations. */
export const writtenOver = (x: tf.TensorInfo, target: Target): Made =>
  target.backend === "webgpu" || isStock(target) ? alike(x) : shared(x)

// ---------------------------------------------------------- destructors

/** Whether kernels are composed of TensorFlow's stock operations. */
export const isStock = ({ backend, opLibrary }: Target): boolean => backend === "tensorflow" && !opLibrary

/** Rows and their width, of a shape. */
export const rowsOf = (shape: ReadonlyArray<number>): readonly [rows: number, width: number] => {
  const width = shape.at(-1) ?? 1
  return [sizeOf(shape.slice(0, -1)), width]
}
