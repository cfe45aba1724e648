/**
 * A plan that was fitted to a memory budget: what each part saves, and what that costs.
 */
import * as t from "io-ts"
import type { Plan } from "../../core/Plan.ts"
import { amount, finite } from "../../tensor/numbers.ts"

// ---------------------------------------------------------------- model

/** One part: its choice, the bytes that it adds to the saved ones, and its time in both passes. */
const Part = t.readonly(
  t.strict({
    path: t.string,
    choice: t.keyof({ reverse: null, keep: null, tape: null }),
    bytes: finite,
    ms: finite,
  }),
)

/**
 * `parts` are the parts that had a choice. `peak` is the most bytes that all tensors take at any moment of the step,
 * parameters included. It is exact. `ms` is an estimate from what the kernels compute.
 */
export const Fit = t.readonly(
  t.strict({ budget: amount, peak: amount, ms: amount, parts: t.readonlyArray(Part) }),
  "Fit",
)

export type Fit = t.TypeOf<typeof Fit>

// ---------------------------------------------------------- destructors

/** Returns the plan, for an environment. Parts that reverse need no entry. */
export const planOf = ({ parts }: Fit): Plan =>
  Object.fromEntries(parts.filter(({ choice }) => choice !== "reverse").map(({ path, choice }) => [path, choice]))

/** Formats the fit as a table for people. Neighbors with the same choice share a line. */
export const fitTable = ({ budget, peak, ms, parts }: Fit): string => {
  const groups: Array<{ first: string; last: string; choice: string; bytes: number; ms: number }> = []
  for (const { path, choice, bytes, ms: time } of parts) {
    const group = groups.at(-1)
    if (group?.choice === choice && parentOf(group.last) === parentOf(path) && parentOf(path) !== "") {
      group.last = path
      group.bytes += bytes
      group.ms += time
    } else groups.push({ first: path, last: path, choice, bytes, ms: time })
  }
  const line = (name: string, choice: string, bytes: number, time: number) =>
    `${name.padEnd(24)}${choice.padEnd(10)}${megabytes(bytes).padStart(12)}${time.toFixed(1).padStart(12)}`
  return [
    `${"part".padEnd(24)}${"choice".padEnd(10)}${"saved, MB".padStart(12)}${"ms, about".padStart(12)}`,
    ...groups.map((group) => {
      const { first, last } = group
      const name = first === last ? first : `${first} .. ${last.slice(parentOf(last).length + 1)}`
      return line(name, group.choice, group.bytes, group.ms)
    }),
    line(
      "total",
      "",
      parts.reduce((sum, { bytes }) => sum + bytes, 0),
      ms,
    ),
    `peak ${megabytes(peak)} MB of a budget of ${megabytes(budget)} MB`,
  ].join("\n")
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(2)

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")))
