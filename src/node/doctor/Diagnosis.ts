/**
 * The report of `bijou doctor`, as data and as text.
 */
import * as t from "io-ts"
import { wrapped } from "./wrapped.ts"

// ---------------------------------------------------------------- model

/** `repeats` counts repeated products, alone and under load, and `differing` those with other bits. */
const Measured = t.strict({
  /** The best speed of float32 products of square matrices within a second. */
  gflops: t.number,
  /** The number of rows of these matrices. */
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
  /** Kernels that fall back to plain JavaScript, since the backend does not implement them. */
  fallbacks: t.readonlyArray(t.string),
  /** Kernels of TensorFlow.js that the backend lacks: operations that need one throw. */
  missing: t.readonlyArray(t.string),
  /** How to fix it; null if nothing is missing. */
  todo: t.union([t.string, t.null]),
})

const Diagnosis = t.readonly(t.strict({ node: t.string, platform: t.string, backends: t.readonlyArray(Backend) }))

export type Measured = t.TypeOf<typeof Measured>

export type Backend = t.TypeOf<typeof Backend>

export type Diagnosis = t.TypeOf<typeof Diagnosis>

// ---------------------------------------------------------- destructors

/** The report as text, in lines of at most `columns`. */
export const toText = ({ node, platform, backends }: Diagnosis, columns: number): string =>
  [
    `Node ${node} on ${platform}`,
    ...backends.flatMap((backend, i) => ["", ...linesOf(backend, backends.slice(0, i), columns)]),
  ].join("\n")

/** Whether every backend that is set up works and repeats the same bits. */
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
    [
      "speed",
      measured === null ? null : `${measured.gflops.toPrecision(3)} GFLOP/s, matrix products of ${measured.size}`,
    ],
    ["same bits", measured === null ? null : steadiness(measured)],
    ["kernels", kernels.length === 0 ? null : listing(kernels, before)],
    ["fallbacks", fallbacks.length === 0 ? null : `plain JavaScript, slow: ${fallbacks.join(", ")}`],
    ["missing", missing.length === 0 ? null : missing.join(", ")],
    ["fix", todo],
  ]
  return [
    `${name}: ${status}`,
    ...rows.flatMap(([label, text]) => (text === null ? [] : wrapped(`  ${label.padEnd(10)}`, text, columns))),
  ]
}

const listing = (kernels: ReadonlyArray<string>, before: ReadonlyArray<Backend>): string => {
  const same = before.find((other) => other.kernels.join() === kernels.join())
  return same === undefined ? `${kernels.length} custom: ${kernels.join(", ")}` : `the same as ${same.name}`
}

const steadiness = ({ repeats, differing }: Measured): string =>
  differing === 0
    ? `yes, in all ${repeats} repeats, also under load`
    : `NO: ${differing} of ${repeats} repeats differ, so it cannot rebuild activations.`
