/**
 * The wasm backend with the matrix products of a BLAS.
 */
import { availableParallelism } from "node:os"
import { setSgemm } from "../../tensor/kernels/wasm/sgemm.ts"
import { loadBlas, type Blas } from "./Blas.ts"
import { installed } from "./setUp.ts"

// ----------------------------------------------------------- combinators

/**
 * Has the matrix products of the wasm backend done by the BLAS that `npx bijou setup blas` has set up, from now on, and tells its name, such as
 * "OpenBLAS 0.3.34, 2 threads"; null where none is set up, and nothing changes.
 *
 * Call it before the first product. `threads` (default: the cores given to this process) is fixed for the process. The same bits are
 * promised for the same library, processor, threads and shapes. Rejects with a sentence where what is set up does not work.
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
    throw new RangeError(`threads must be a whole number from 1 on, not ${wanted}.`)
  if (blas === null) {
    const library = await installed()
    if (library === null) return null
    blas = await loadBlas(library, wanted)
  }
  if (threads !== undefined && blas.threads !== null && blas.threads !== threads)
    throw new RangeError(
      `This process multiplies with ${blas.name}, and that stays: ${threads} would give other bits. Start another process.`,
    )
  setSgemm(blas)
  return blas.name
}

// ---------------------------------------------------------- destructors

/** The BLAS that this process has loaded. */
export const loadedBlas = (): Blas | null => blas

let blas: Blas | null = null
