/**
 * TensorFlow as a backend.
 */
import { availableParallelism } from "node:os"
import { loadTensorflow, type Loaded } from "./loadTensorflow.ts"
import { installedTensorflow } from "./Tensorflow.ts"

// ----------------------------------------------------------- combinators

/**
 * Makes the backend `tensorflow`, which `npx bijou setup tensorflow` has set up, known to TensorFlow.js, and tells its name, such as
 * "TensorFlow 2.21.0 CPU, 2 threads, op library"; null where none is set up, and nothing changes.
 *
 * `threads` (default: the cores given to this process) is fixed for the process. The same bits are promised for the same version, device,
 * threads and shapes, with the op library or without: `BIJOU_OP_LIBRARY=off` in the environment leaves it out though it is built.
 * Rejects with a sentence where what is set up does not work.
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
    throw new RangeError(`threads must be a whole number from 1 on, not ${wanted}.`)
  if (loaded === null) {
    const tensorflow = await installedTensorflow()
    if (tensorflow === null) return null
    loaded = await loadTensorflow(tensorflow, wanted)
  }
  if (loaded.threads !== wanted)
    throw new RangeError(
      `This process computes with ${loaded.name}, and that stays: ${wanted} would give other bits. Start another process.`,
    )
  return loaded.name
}

// ---------------------------------------------------------- destructors

/** The TensorFlow that this process has loaded. */
export const loadedTensorflow = (): Loaded | null => loaded

let loaded: Loaded | null = null
