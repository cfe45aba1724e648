/**
 * The backend wasm with matrix products by a BLAS.
 */
import { availableParallelism } from "node:os"
import { setSgemm } from "../../tensor/kernels/wasm/sgemm.ts"
import { loadBlas, type Blas } from "./Blas.ts"
import { installed } from "./setUp.ts"

// ----------------------------------------------------------- combinators

/**
 * Computes matrix products on the backend wasm with the BLAS that `npx bijou setup blas` has set up, and returns its
 * name, such as "OpenBLAS 0.3.34, 2 threads". Changes nothing and returns null if none is set up.
 *
 * Call it before the first product. `threads` (default: the cores of this process) is fixed for the process. The bits
 * are the same for the same library, processor, threads and shapes. Rejects with `NativeUnavailable` if the BLAS does
 * not work.
 *
 * ```ts no-run
 * import { useNative } from "bijou/native"
 * import { useBackend } from "bijou/tensor"
 *
 * await useBackend("wasm")
 * console.log((await useNative()) ?? "No BLAS is set up. Run: npx bijou setup blas")
 * ```
 */
export const useNative = async ({ threads }: { readonly threads?: number } = {}): Promise<string | null> => {
  const wanted = threads ?? blas?.threads ?? availableParallelism()
  if (!Number.isInteger(wanted) || wanted < 1)
    throw new RangeError(`threads must be an integer of at least 1, not ${wanted}.`)
  if (blas === null) {
    const library = await installed()
    if (library === null) return null
    blas = await loadBlas(library, wanted)
  }
  if (threads !== undefined && blas.threads !== null && blas.threads !== threads)
    throw new RangeError(
      `This process multiplies with ${blas.name}, which is fixed: ${threads} would compute other bits. Start another process.`,
    )
  setSgemm(blas)
  return blas.name
}

// ---------------------------------------------------------- destructors

/** The BLAS that this process has loaded; null before. */
export const loadedBlas = (): Blas | null => blas

let blas: Blas | null = null
