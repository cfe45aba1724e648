/**
 * TensorFlow as a backend.
 */
import { availableParallelism } from "node:os"
import { loadTensorflow, type Loaded } from "./loadTensorflow.ts"
import { installedTensorflow } from "./Tensorflow.ts"

// ----------------------------------------------------------- combinators

/**
 * Registers the backend `tensorflow`, which `npx bijou setup tensorflow` has set up, with TensorFlow.js, and returns
 * its name, such as "TensorFlow 2.21.0 CPU, 2 threads, op library". Returns null and changes nothing if none is set up.
 *
 * `threads` (default: the cores given to this process) is fixed for the process. The same version, device, threads and
 * shapes give the same bits, with or without the op library: `BIJOU_OP_LIBRARY=off` in the environment disables it.
 * Rejects with a sentence if what is set up does not work.
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

/** Returns the TensorFlow that this process has loaded, or null. */
export const loadedTensorflow = (): Loaded | null => loaded

let loaded: Loaded | null = null
