/**
 * TensorFlow as a backend.
 */
import { availableParallelism } from "node:os"
import { loadTensorflow, type Loaded } from "./loadTensorflow.ts"
import { installedTensorflow } from "./Tensorflow.ts"

// ----------------------------------------------------------- combinators

/**
 * Registers the backend `tensorflow`, which `npx bijou setup tensorflow` has set up, and returns its name, such as
 * "TensorFlow 2.21.0 CPU, 2 threads, op library". Changes nothing and returns null if it is not set up.
 *
 * `threads` (default: the cores of this process) is fixed for the process. The bits are the same for the same version,
 * device, threads and shapes, and the same use of the op library: `BIJOU_OP_LIBRARY=off` in the environment disables
 * it. Rejects with `NativeUnavailable` if TensorFlow does not work.
 *
 * ```ts no-run
 * import { useTensorflow } from "bijou/native"
 * import { useBackend } from "bijou/tensor"
 *
 * const name = await useTensorflow()
 * await useBackend(name === null ? "wasm" : "tensorflow")
 * console.log(name ?? "TensorFlow is not set up. Run: npx bijou setup tensorflow")
 * ```
 */
export const useTensorflow = async ({ threads }: { readonly threads?: number } = {}): Promise<string | null> => {
  const wanted = threads ?? loaded?.threads ?? availableParallelism()
  if (!Number.isInteger(wanted) || wanted < 1)
    throw new RangeError(`threads must be an integer of at least 1, not ${wanted}.`)
  if (loaded === null) {
    const tensorflow = await installedTensorflow()
    if (tensorflow === null) return null
    loaded = await loadTensorflow(tensorflow, wanted)
  }
  if (loaded.threads !== wanted)
    throw new RangeError(
      `This process computes with ${loaded.name}, which is fixed: ${wanted} would compute other bits. Start another process.`,
    )
  return loaded.name
}

// ---------------------------------------------------------- destructors

/** The TensorFlow that this process has loaded; null before. */
export const loadedTensorflow = (): Loaded | null => loaded

let loaded: Loaded | null = null
