/**
 * Starting what tensors are computed with, by choice.
 */
import { useBackend, type BackendName } from "../../tensor/backend.ts"
import { setSgemm } from "../../tensor/kernels/wasm/sgemm.ts"
import { useNative } from "../blas/useNative.ts"
import { useTensorflow } from "../tensorflow/useTensorflow.ts"
import { useWebgpu } from "../webgpu/useWebgpu.ts"

// ---------------------------------------------------------------- model

/** What a program asks for; what it gets is the `currentRuntime()` of bijou/tensor. */
export interface RuntimeChoice {
  readonly backend: BackendName
  /** Whether a BLAS that is set up computes the matrix products of wasm. */
  readonly native: boolean
  /** Threads of the BLAS or of TensorFlow; the cores given to this process unless said. */
  readonly threads?: number
}

// ----------------------------------------------------------- combinators

/**
 * Makes the backend that of all tensors, with what is set up for it, and returns its name: "wasm with OpenBLAS 0.3.34, 2 threads", or "wasm" where
 * no BLAS is set up; null where TensorFlow is asked for and not set up, and then nothing changes. Rejects with a sentence where something does not
 * work.
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
