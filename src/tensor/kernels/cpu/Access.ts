/**
 * How a kernel written as a plain loop reaches the numbers: one `Access` for the arrays of the cpu backend, one for the heap of the wasm backend (`wasm/WasmBackend.ts`).
 *
 * A view of the wasm heap dies when the heap grows, and both `output` and reading a tensor that still lives on another backend may grow it:
 * a kernel asks for its outputs first, calls `touch` on its inputs, and takes its views last.
 */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"

// ---------------------------------------------------------------- model

export type Numbers = Float32Array | Int32Array | Uint8Array

/** What a kernel needs of a backend. */
export interface Access {
  /** A new tensor; its elements are undefined until they are written. */
  readonly output: (shape: readonly number[], dtype: tf.DataType) => tf.TensorInfo
  /** Brings a tensor over from another backend, if it lives there. */
  readonly touch: (x: tf.TensorInfo) => void
  /** The elements of a tensor, in place. */
  readonly view: (x: tf.TensorInfo) => Numbers
}

/** The parts of tfjs's cpu backend that kernels use. */
export interface CpuBackend {
  readonly data: { readonly get: (dataId: object) => { readonly values: Numbers } }
  readonly makeTensorInfo: (shape: readonly number[], dtype: tf.DataType, values: Numbers) => tf.TensorInfo
  readonly disposeData: (dataId: object) => boolean
}

// --------------------------------------------------------- constructors

/** A kernel is handed its backend as `{}`: the engine only passes a kernel the backend it was registered for, which makes the cast true. */
export const asCpu = (backend: unknown): CpuBackend => backend as CpuBackend

/** Tensors of the cpu backend, which are typed arrays already. */
export const fromCpu = (backend: CpuBackend): Access => ({
  output: (shape, dtype) => {
    const size = sizeOf(shape)
    return backend.makeTensorInfo([...shape], dtype, arrayOf(dtype, new ArrayBuffer(size * bytesOf(dtype)), 0, size))
  },
  touch: (x) => void backend.data.get(x.dataId),
  view: (x) => backend.data.get(x.dataId).values,
})

// ----------------------------------------------------------- destructors

/** The elements as a kernel moves them that does not compute: as integers, so that no bit of a NaN changes. */
export const bitsOf = (access: Access, x: tf.TensorInfo): Int32Array | Uint8Array => {
  const view = access.view(x)
  if (view instanceof Uint8Array || view instanceof Int32Array) return view
  return new Int32Array(view.buffer, view.byteOffset, view.length)
}

const bytesOf = (dtype: tf.DataType): number => (dtype === "bool" ? 1 : 4)

/** The elements at a place of a buffer. */
export const arrayOf = (dtype: tf.DataType, buffer: ArrayBufferLike, byteOffset: number, size: number): Numbers => {
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer, byteOffset, size)
    case "int32":
      return new Int32Array(buffer, byteOffset, size)
    case "bool":
      return new Uint8Array(buffer, byteOffset, size)
    default:
      throw unknown(dtype)
  }
}

/** Of a type that kernels over typed arrays do not know. */
export const unknown = (dtype: tf.DataType): Error =>
  new Error(`A kernel over typed arrays knows float32, int32 and bool, but was given ${dtype}.`)
