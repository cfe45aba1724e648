/**
 * The backend of a command, with the BLAS that is set up.
 */
import { UnusableInput } from "../report/errors/UnusableInput.ts"
import { useNative } from "../report/native/useNative.ts"
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

/** Starts the backend and tells what it is: "wasm with OpenBLAS 0.3.34, 2 threads". Throws `UnusableInput` or `NativeUnavailable`. */
export const startBackend = async ({ backend, native, threads, usualThreads }: BackendOptions): Promise<string> => {
  await useBackend(backend)
  const wanted = threads ?? usualThreads
  const name = backend === "wasm" && native ? await useNative(wanted === undefined ? {} : { threads: wanted }) : null
  if (name !== null) return `${backend} with ${name}`
  if (threads !== undefined)
    throw new UnusableInput(
      native && backend === "wasm"
        ? "--threads is for a BLAS, and none is set up. Run: npx bijou native"
        : "--threads is for the BLAS of the backend wasm. Leave it out.",
    )
  return backend
}
