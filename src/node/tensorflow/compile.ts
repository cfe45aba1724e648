/**
 * Compiles a Node addon against TensorFlow.
 */
import { join } from "node:path"
import { execute, type Failure } from "../programs/execute.ts"
import { places } from "./Tensorflow.ts"
import type { Toolchain } from "./Toolchain.ts"

// ----------------------------------------------------------- combinators

/** Compiles `args`, sources and flags, into the file `out` of `folder`. Returns null, or the error of the compiler. */
export const compile = async (
  { compiler }: Toolchain,
  folder: string,
  args: ReadonlyArray<string>,
  out: string,
  signal: AbortSignal,
): Promise<string | null> => {
  const headers = [
    join(folder, places.libraries, "include"),
    join(folder, places.packages, "node-api-headers", "include"),
  ]
  const all = [
    "-std=c++17",
    "-fPIC",
    "-shared",
    ...args,
    "-o",
    join(folder, out),
    ...headers.map((place) => `-I${place}`),
  ]
  return execute(compiler, all, { signal }).then(
    () => null,
    ({ stderr, message }: Failure) => {
      const [first = message] = (stderr ?? "").split("\n").filter((line) => /error/i.test(line))
      return `${compiler} says: ${first.trim()}`
    },
  )
}

/** The arguments that link TensorFlow's libraries by a path relative to the addon, so that the folder can move. */
export const linkedTo = (folder: string): ReadonlyArray<string> => [
  `-L${join(folder, places.libraries)}`,
  ...["-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2", `-Wl,-rpath,$ORIGIN/${places.libraries}`],
]
