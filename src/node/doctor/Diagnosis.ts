/**
 * The findings of `bijou doctor`, as data.
 */
import * as t from "io-ts"

// ---------------------------------------------------------------- model

/**
 * `repeats` counts the products that were repeated, idle and under load. `differing` counts those whose bits changed.
 */
const Measured = t.strict({
  /** The best speed of float32 products of square matrices, among sizes that fit into a second. */
  gflops: t.number,
  /** The number of rows of the matrices. */
  size: t.number,
  repeats: t.number,
  differing: t.number,
})

const Backend = t.strict({
  name: t.string,
  status: t.keyof({ ready: null, "not set up": null, broken: null }),
  version: t.union([t.string, t.null]),
  device: t.union([t.string, t.null]),
  measured: t.union([Measured, t.null]),
  /** The names of the custom kernels. */
  kernels: t.readonlyArray(t.string),
  /** Kernels that run in plain JavaScript, because the backend has no code for them. */
  fallbacks: t.readonlyArray(t.string),
  /** Kernels of TensorFlow.js that the backend does not have. Operations that need one throw. */
  missing: t.readonlyArray(t.string),
  /** What to do about it, or null if nothing is missing. */
  todo: t.union([t.string, t.null]),
})

const Diagnosis = t.readonly(t.strict({ node: t.string, platform: t.string, backends: t.readonlyArray(Backend) }))

export type Measured = t.TypeOf<typeof Measured>

export type Backend = t.TypeOf<typeof Backend>

export type Diagnosis = t.TypeOf<typeof Diagnosis>

// ---------------------------------------------------------- destructors

/** Formats the diagnosis for people, in lines of at most `columns`. */
export const toText = ({ node, platform, backends }: Diagnosis, columns: number): string =>
  [
    `Node ${node} on ${platform}`,
    ...backends.flatMap((backend, i) => ["", ...linesOf(backend, backends.slice(0, i), columns)]),
  ].join("\n")

/** Returns whether everything that is set up works and gives the same bits twice. */
export const isHealthy = ({ backends }: Diagnosis): boolean =>
  backends.every(({ status, measured }) => status !== "broken" && (measured?.differing ?? 0) === 0)

const linesOf = (
  { name, status, version, device, measured, kernels, fallbacks, missing, todo }: Backend,
  before: ReadonlyArray<Backend>,
  columns: number,
) => {
  const rows: ReadonlyArray<readonly [string, string | null]> = [
    ["version", version],
    ["device", device],
    ["speed", measured === null ? null : `${measured.gflops.toPrecision(3)} GFLOP/s, products of ${measured.size}`],
    ["same bits", measured === null ? null : steadiness(measured)],
    ["kernels", kernels.length === 0 ? null : listing(kernels, before)],
    ["fallbacks", fallbacks.length === 0 ? null : `in plain JavaScript, slow: ${fallbacks.join(", ")}`],
    ["missing", missing.length === 0 ? null : missing.join(", ")],
    ["to do", todo],
  ]
  return [
    `${name}: ${status}`,
    ...rows.flatMap(([label, text]) => (text === null ? [] : wrapped(`  ${label.padEnd(10)}`, text, columns))),
  ]
}

const listing = (kernels: ReadonlyArray<string>, before: ReadonlyArray<Backend>): string => {
  const same = before.find((other) => other.kernels.join() === kernels.join())
  return same === undefined ? `${kernels.length} of our own: ${kernels.join(", ")}` : `those of ${same.name}`
}

const steadiness = ({ repeats, differing }: Measured): string =>
  differing === 0
    ? `yes, in ${repeats} of ${repeats} repeats, also under load`
    : `NO: ${differing} of ${repeats} repeats differ. What is trained on it cannot be rebuilt.`

/** Words behind a label, in a column of their own. */
const wrapped = (label: string, text: string, columns: number): ReadonlyArray<string> => {
  const room = Math.max(16, columns - label.length)
  const lines = text.split(" ").reduce<ReadonlyArray<string>>((done, word) => {
    const last = done.at(-1)
    return last === undefined || last.length + 1 + word.length > room
      ? [...done, word]
      : [...done.slice(0, -1), `${last} ${word}`]
  }, [])
  return lines.map((line, i) => (i === 0 ? label : " ".repeat(label.length)) + line)
}
