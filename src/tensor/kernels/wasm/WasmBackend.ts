/** TensorFlow.js's wasm backend, and the access of kernels to values on its heap. */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { arrayOf, unknown, type Access } from "../cpu/Access.ts"
import { oncePer } from "../oncePer.ts"
import type { Memory } from "./assembler/webAssembly.ts"

// ---------------------------------------------------------------- model

/** The parts of tfjs's wasm backend that kernels use. Some of them are private in its typings. */
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

// --------------------------------------------------------- constructors

/**
 * Casts the backend that a kernel receives, which is typed as `{}`. The cast is safe because the engine passes a kernel
 * only the backend that it was registered for.
 */
export const asWasm = (backend: unknown): WasmBackend => backend as WasmBackend

/** Returns the access to tensors on the heap of the wasm backend. */
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

/** The outputs that were allocated since the current kernel began. */
const made: tf.TensorInfo[] = []

/** Runs a kernel of the wasm backend, and frees its outputs if it throws. */
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
