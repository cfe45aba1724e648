/**
 * The backend of a command, with the BLAS that is set up.
 */
import { UnusableInput } from "../report/errors/UnusableInput.ts"
import { useNative } from "../report/native/useNative.ts"
import { useWebgpu } from "../report/native/useWebgpu.ts"
import { useBackend, type BackendName } from "../tensor/backend.ts"

// ---------------------------------------------------------------- model

export interface BackendOptions {
  readonly backend: BackendName
  /** Whether a BLAS that is set up is used. */
  readonly native: boolean
  readonly threads: number | undefined
}

// ----------------------------------------------------------- combinators

/** Starts the backend and tells what it is: "wasm with OpenBLAS 0.3.34, 2 threads", "webgpu on ..." with the device. Throws `UnusableInput`, `NativeUnavailable` or `BackendUnavailable`. */
export const startBackend = async ({ backend, native, threads }: BackendOptions): Promise<string> => {
  const device = backend === "webgpu" ? await useWebgpu() : null
  if (device === null) await useBackend(backend)
  const blas = backend === "wasm" && native ? await useNative(threads === undefined ? {} : { threads }) : null
  if (blas !== null) return `${backend} with ${blas}`
  if (threads !== undefined)
    throw new UnusableInput(
      native && backend === "wasm"
        ? "--threads is for a BLAS, and none is set up. Run: npx bijou native"
        : "--threads is for the BLAS of the backend wasm. Leave it out.",
    )
  return device === null ? backend : `${backend} on ${device}`
}
