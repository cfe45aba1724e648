/**
 * How a kernel written as a plain loop accesses values. One `Access` is for the arrays of the cpu backend, and one is
 * for the heap of the wasm backend (`wasm/WasmBackend.ts`).
 *
 * A view of the wasm heap becomes invalid when the heap grows. `output` may grow it, and so may reading a tensor that
 * is still on another backend. So a kernel allocates its outputs first, calls `touch` on its inputs, and takes its
 * views last.
 */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"

// ---------------------------------------------------------------- model

export type Numbers = Float32Array | Int32Array | Uint8Array

/** The operations of a backend that a kernel needs. */
export interface Access {
  /** Allocates a tensor with undefined elements. */
  readonly output: (shape: readonly number[], dtype: tf.DataType) => tf.TensorInfo
  /** Copies a tensor from another backend, if it is there. */
  readonly touch: (x: tf.TensorInfo) => void
  /** Returns a view of a tensor's elements. */
  readonly view: (x: tf.TensorInfo) => Numbers
}

/** The parts of tfjs's cpu backend that kernels use. */
export interface CpuBackend {
  readonly data: { readonly get: (dataId: object) => { readonly values: Numbers } }
  readonly makeTensorInfo: (shape: readonly number[], dtype: tf.DataType, values: Numbers) => tf.TensorInfo
  readonly disposeData: (dataId: object) => boolean
}

// --------------------------------------------------------- constructors

/**
 * Casts the backend that a kernel receives, which is typed as `{}`. The cast is safe because the engine passes a kernel
 * only the backend that it was registered for.
 */
export const asCpu = (backend: unknown): CpuBackend => backend as CpuBackend

/** Returns the access to tensors of the cpu backend, which are typed arrays. */
export const fromCpu = (backend: CpuBackend): Access => ({
  output: (shape, dtype) => {
    const size = sizeOf(shape)
    return backend.makeTensorInfo([...shape], dtype, arrayOf(dtype, new ArrayBuffer(size * bytesOf(dtype)), 0, size))
  },
  touch: (x) => void backend.data.get(x.dataId),
  view: (x) => backend.data.get(x.dataId).values,
})

// ----------------------------------------------------------- destructors

/** Returns the elements as integers, for kernels that only move them, so that no bit of a NaN changes. */
export const bitsOf = (access: Access, x: tf.TensorInfo): Int32Array | Uint8Array => {
  const view = access.view(x)
  if (view instanceof Uint8Array || view instanceof Int32Array) return view
  return new Int32Array(view.buffer, view.byteOffset, view.length)
}

const bytesOf = (dtype: tf.DataType): number => (dtype === "bool" ? 1 : 4)

/** Returns a view of a part of a buffer as elements of a type. */
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

/** Makes the error for a type that these kernels do not support. */
export const unknown = (dtype: tf.DataType): Error =>
  new Error(`A kernel over typed arrays supports float32, int32 and bool, but not ${dtype}.`)
