/**
 * Starts the backend of a command, with the BLAS or TensorFlow that is set up.
 */
import { UnusableInput } from "../node/errors/UnusableInput.ts"
import { NativeUnavailable } from "../node/errors/NativeUnavailable.ts"
import { startRuntime } from "../node/runtime/startRuntime.ts"
import type { BackendName } from "../tensor/backend.ts"
import { pluggedSgemm } from "../tensor/kernels/wasm/sgemm.ts"

// ---------------------------------------------------------------- model

export interface BackendOptions {
  readonly backend: BackendName
  /** Whether to use the BLAS that is set up, if there is one. */
  readonly native: boolean
  readonly threads: number | undefined
  /** The threads of the BLAS if `threads` is undefined (default: all cores). */
  readonly usualThreads?: number
}

// ----------------------------------------------------------- combinators

/**
 * Starts the backend and returns its name, such as "wasm with OpenBLAS 0.3.34, 2 threads". Throws `UnusableInput`,
 * `NativeUnavailable` or `BackendUnavailable`.
 */
export const startBackend = async ({ backend, native, threads, usualThreads }: BackendOptions): Promise<string> => {
  const wanted = threads ?? usualThreads
  const name = await startRuntime({ backend, native, ...(wanted === undefined ? {} : { threads: wanted }) })
  if (name === null)
    throw new NativeUnavailable("The backend tensorflow is not set up. Run: npx bijou setup tensorflow")
  if (threads !== undefined && backend !== "tensorflow" && (backend !== "wasm" || pluggedSgemm() === null))
    throw new UnusableInput(
      native && backend === "wasm"
        ? "--threads sets the threads of a BLAS, and none is set up. Run: npx bijou setup blas"
        : "--threads sets the threads of the BLAS on wasm, or of TensorFlow. Leave it out.",
    )
  return name
}
