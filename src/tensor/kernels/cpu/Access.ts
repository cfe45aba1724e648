/**
 * How a kernel written as a plain loop reaches the numbers: one `Access` for the arrays of the cpu backend, one for the heap of the wasm backend.
 *
 * A view of the wasm heap dies when the heap grows, and both `output` and reading a tensor that still lives on another backend may grow it:
 * a kernel asks for its outputs first, calls `touch` on its inputs, and takes its views last.
 */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import type { Memory } from "../wasm/assembler/webAssembly.ts"

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

/** The parts of tfjs's wasm backend that kernels use; some of them are private in its typings. */
export interface WasmBackend {
  readonly wasm: {
    readonly HEAPU8: Uint8Array
    readonly _malloc: (bytes: number) => number
    readonly _free: (place: number) => void
    readonly asm: { readonly memory: Memory }
    readonly tfjs: {
      readonly registerTensor: (id: number, size: number, memoryOffset: number) => void
      readonly disposeData: (id: number) => void
    }
    readonly cwrap: (name: string, returns: null, takes: readonly string[]) => (...args: readonly unknown[]) => void
  }
  readonly dataIdMap: {
    readonly get: (dataId: object) => { readonly id: number; readonly memoryOffset: number }
    readonly has: (dataId: object) => boolean
  }
  readonly makeOutput: (shape: readonly number[], dtype: tf.DataType) => tf.TensorInfo
  readonly disposeData: (dataId: object) => boolean
  readonly incRef: (dataId: object) => void
}

/** The parts of tfjs's cpu backend that kernels use. */
export interface CpuBackend {
  readonly data: { readonly get: (dataId: object) => { readonly values: Numbers } }
  readonly makeTensorInfo: (shape: readonly number[], dtype: tf.DataType, values: Numbers) => tf.TensorInfo
  readonly disposeData: (dataId: object) => boolean
}

// --------------------------------------------------------- constructors

/** A kernel is handed its backend as `{}`: the engine only passes a kernel the backend it was registered for, which makes the cast true. */
export const asWasm = (backend: unknown): WasmBackend => backend as WasmBackend

/** See `asWasm`. */
export const asCpu = (backend: unknown): CpuBackend => backend as CpuBackend

/** What is made of an object, such as a backend, when it is first asked for, and kept: a step runs a thousand kernels. */
export const oncePer = <A extends object, X>(make: (of: A) => X): ((of: A) => X) => {
  const kept = new WeakMap<A, X>()
  return (of) => {
    const known = kept.get(of)
    if (known !== undefined) return known
    const made = make(of)
    kept.set(of, made)
    return made
  }
}

/** Tensors on the heap of the wasm backend. */
export const fromWasm = oncePer((backend: WasmBackend): Access => ({
  output: (shape, dtype) => {
    if (dtype === "string" || dtype === "complex64") throw unknown(dtype)
    const out = backend.makeOutput([...shape], dtype)
    made.push(out)
    return out
  },
  touch: (x) => void backend.dataIdMap.get(x.dataId),
  view: (x) => {
    const { memoryOffset } = backend.dataIdMap.get(x.dataId)
    return arrayOf(x.dtype, backend.wasm.HEAPU8.buffer, memoryOffset, sizeOf(x.shape))
  },
}))

/** What `output` has made since a kernel of the wasm backend began. */
const made: tf.TensorInfo[] = []

/** Runs a kernel of the wasm backend, and frees what it had made where it throws. */
export const freeingOnThrow = <A>(backend: WasmBackend, kernel: () => A): A => {
  made.length = 0
  try {
    return kernel()
  } catch (error) {
    for (const { dataId } of made) if (backend.dataIdMap.has(dataId)) backend.disposeData(dataId)
    throw error
  } finally {
    made.length = 0
  }
}

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

const arrayOf = (dtype: tf.DataType, buffer: ArrayBufferLike, byteOffset: number, size: number): Numbers => {
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

const unknown = (dtype: tf.DataType): Error =>
  new Error(`A kernel over typed arrays knows float32, int32 and bool, but was given ${dtype}.`)
