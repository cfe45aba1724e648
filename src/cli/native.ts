/**
 * `bijou native`: finds or fetches a BLAS for the wasm backend in Node, or removes it.
 */
import { availableParallelism } from "node:os"
import { nativeFolder } from "../report/native/folder.ts"
import { setUp, tearDown } from "../report/native/setUp.ts"
import type { NativeOptions } from "./NativeOptions.ts"

// ---------------------------------------------------------- destructors

/** Runs the command; resolves to its exit code and throws `NativeUnavailable`. */
export const native = async ({ from, remove }: NativeOptions): Promise<number> => {
  if (remove) {
    const found = await tearDown()
    say(found ? `Removed ${nativeFolder()}` : `Nothing is set up in ${nativeFolder()}`)
    return 0
  }
  const { library, blas, fresh } = await setUp(from, availableParallelism(), say)
  say(`${fresh ? "Set up" : "Already set up"}: ${blas.version}${blas.core === null ? "" : ` for ${blas.core}`}`)
  say(`  ${library.file}`)
  say(`The backend wasm uses it from now on, here with ${blas.name}.`)
  return 0
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
