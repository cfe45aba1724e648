/**
 * The backend of a command, with the BLAS or the TensorFlow that is set up.
 */
import { UnusableInput } from "../node/errors/UnusableInput.ts"
import { NativeUnavailable } from "../node/errors/NativeUnavailable.ts"
import { startRuntime } from "../node/runtime/startRuntime.ts"
import type { BackendName } from "../tensor/backend.ts"
import { pluggedSgemm } from "../tensor/kernels/wasm/sgemm.ts"

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
 * Starts the backend and returns its name: "wasm with OpenBLAS 0.3.34, 2 threads", "webgpu on ..." with the device. Throws `UnusableInput`,
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
        ? "--threads is for a BLAS, and none is set up. Run: npx bijou setup blas"
        : "--threads is for the BLAS of the backend wasm, and for tensorflow. Leave it out.",
    )
  return name
}
