/**
 * `bijou setup blas`: finds or fetches the BLAS that computes the matrix products of the backend wasm, or removes it.
 */
import { availableParallelism } from "node:os"
import { setUp, tearDown } from "../../node/blas/setUp.ts"
import { nativeFolder } from "../../node/files/folder.ts"
import { paragraph, say } from "../say.ts"
import type { BlasOptions } from "./SetupOptions.ts"

// ---------------------------------------------------------- destructors

/** Runs the command and returns its exit code. Throws `NativeUnavailable`. */
export const setupBlas = async ({ from, remove }: BlasOptions): Promise<number> => {
  if (remove) {
    const found = await tearDown()
    say(found ? `Removed ${nativeFolder()}` : `Nothing is set up in ${nativeFolder()}`)
    return 0
  }
  const { library, blas, fresh } = await setUp(from, availableParallelism(), say)
  say(`${fresh ? "Set up" : "Already set up"}: ${blas.version}${blas.core === null ? "" : ` for ${blas.core}`}`)
  say(`  ${library.file}`)
  paragraph(`The backend wasm now uses it, here with ${blas.name}.`)
  return 0
}
