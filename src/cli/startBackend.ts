/**
 * The backend of a command, with the BLAS or the TensorFlow that is set up.
 */
import { UnusableInput } from "../node/errors/UnusableInput.ts"
import { NativeUnavailable } from "../node/errors/NativeUnavailable.ts"
import { useNative } from "../node/blas/useNative.ts"
import { useTensorflow } from "../node/tensorflow/useTensorflow.ts"
import { useWebgpu } from "../node/webgpu/useWebgpu.ts"
import { useBackend, type BackendName } from "../tensor/backend.ts"

// ---------------------------------------------------------------- model

export interface BackendOptions {
  readonly backend: BackendName
  /** Whether a BLAS that is set up is used. */
  readonly native: boolean
  readonly threads: number | undefined
  /** The threads of the BLAS where `threads` says nothing; the cores unless given. */
  readonly usualThreads?: number
}

// ----------------------------------------------------------- combinators

/**
 * Starts the backend and tells what it is: "wasm with OpenBLAS 0.3.34, 2 threads", "webgpu on ..." with the device. Throws `UnusableInput`,
 * `NativeUnavailable` or `BackendUnavailable`.
 */
export const startBackend = async ({ backend, native, threads, usualThreads }: BackendOptions): Promise<string> => {
  const wanted = threads ?? usualThreads
  const fixed = wanted === undefined ? {} : { threads: wanted }
  if (backend === "tensorflow") {
    const name = await useTensorflow(fixed)
    if (name === null)
      throw new NativeUnavailable("The backend tensorflow is not set up. Run: npx bijou native --tensorflow")
    await useBackend(backend)
    return name
  }
  const device = backend === "webgpu" ? await useWebgpu() : null
  if (device === null) await useBackend(backend)
  const blas = backend === "wasm" && native ? await useNative(fixed) : null
  if (blas !== null) return `${backend} with ${blas}`
  if (threads !== undefined)
    throw new UnusableInput(
      native && backend === "wasm"
        ? "--threads is for a BLAS, and none is set up. Run: npx bijou native"
        : "--threads is for the BLAS of the backend wasm, and for tensorflow. Leave it out.",
    )
  return device === null ? backend : `${backend} on ${device}`
}
