/**
 * Starts a chosen runtime for tensors.
 */
import { useBackend, type BackendName } from "../../tensor/backend.ts"
import { setSgemm } from "../../tensor/kernels/wasm/sgemm.ts"
import { useNative } from "../blas/useNative.ts"
import { useTensorflow } from "../tensorflow/useTensorflow.ts"
import { useWebgpu } from "../webgpu/useWebgpu.ts"

// ---------------------------------------------------------------- model

/** The runtime that a program asks for. `currentRuntime()` of bijou/tensor returns the one that it gets. */
export interface RuntimeChoice {
  readonly backend: BackendName
  /** Whether the wasm backend uses an installed BLAS for its matrix products. */
  readonly native: boolean
  /** The number of threads of the BLAS or of TensorFlow. The default is the number of cores of this process. */
  readonly threads?: number
}

// ----------------------------------------------------------- combinators

/**
 * Selects the backend of all tensors, with the native libraries that are set up for it, and returns its name: "wasm
 * with OpenBLAS 0.3.34, 2 threads", or "wasm" if no BLAS is set up. Returns null and changes nothing if the backend is
 * TensorFlow and it is not set up. Rejects with a sentence if something does not work.
 *
 * ```ts no-run
 * import { startRuntime } from "bijou/native"
 *
 * console.log(await startRuntime({ backend: "wasm", native: true, threads: 2 }))
 * ```
 */
export const startRuntime = async ({ backend, native, threads }: RuntimeChoice): Promise<string | null> => {
  const fixed = threads === undefined ? {} : { threads }
  if (backend === "tensorflow") {
    const name = await useTensorflow(fixed)
    if (name !== null) await useBackend(backend)
    return name
  }
  if (backend === "webgpu") return `${backend} on ${await useWebgpu()}`
  await useBackend(backend)
  if (backend !== "wasm") return backend
  const blas = native ? await useNative(fixed) : null
  if (blas !== null) return `${backend} with ${blas}`
  setSgemm(null)
  return backend
}
