/**
 * The options of the benchmark, decoded from the command line.
 */
import { accessSync, constants } from "node:fs"
import { dirname } from "node:path"
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { BackendName } from "../src/cli/BackendName.ts"
import { decodeOptions, optional } from "../src/cli/decodeOptions.ts"
import { integerOption } from "../src/cli/integerOption.ts"
import { UnusableInput } from "../src/node/errors/UnusableInput.ts"

// ---------------------------------------------------------------- model

const worker = integerOption(1, 4)

/** Numbers of workers with commas between them. */
const counts = new t.Type<ReadonlyArray<number>, string, unknown>(
  "integers from 1 to 4 with commas between them",
  (u): u is ReadonlyArray<number> => Array.isArray(u) && u.every(worker.is),
  (u, context) => {
    const decoded = String(u).split(",").map(worker.decode)
    const numbers = decoded.flatMap((one) => (E.isRight(one) ? [one.right] : []))
    return numbers.length === decoded.length ? t.success(numbers) : t.failure(u, context)
  },
  (numbers) => numbers.join(","),
)

/** A file that can be written. */
const writable = new t.Type<string, string, unknown>(
  "a file in a folder that is there and can be written to",
  (u): u is string => typeof u === "string" && isWritable(dirname(u)),
  (u, context) => (typeof u === "string" && isWritable(dirname(u)) ? t.success(u) : t.failure(u, context)),
  t.identity,
)

const Given = t.readonly(
  t.strict({
    backend: BackendName,
    depth: integerOption(1, 1000),
    pairs: integerOption(1, 10_000),
    stockPairs: integerOption(0, 10_000),
    warmup: integerOption(0, 10_000),
    native: t.boolean,
    opLibrary: t.boolean,
    threads: integerOption(1, 1024),
    workers: counts,
    torch: optional(t.string),
    json: optional(writable),
  }),
)

export type BenchOptions = t.TypeOf<typeof Given>

// ---------------------------------------------------------- destructors

/** The options, or one sentence about the first that cannot be used. */
export const decodeBenchOptions = (given: unknown): E.Either<UnusableInput, BenchOptions> => {
  const decoded = decodeOptions(Given, given)
  if (E.isLeft(decoded)) return decoded
  const { backend, native, opLibrary } = decoded.right
  if (native && backend !== "wasm") return E.left(new UnusableInput("--native is for the backend wasm. Leave it out."))
  if (!opLibrary && backend !== "tensorflow")
    return E.left(new UnusableInput("--no-op-library is for the backend tensorflow. Leave it out."))
  return decoded
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
