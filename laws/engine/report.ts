/**
 * Reports of verdicts, as text and as data.
 */
import { firstDifference, showBits, showDifference } from "./bits.ts"
import type { Broken, Raised, Verdict } from "./Law.ts"

// ---------------------------------------------------------------- model

/** A verdict as plain data; values are shown with their bit patterns. */
export interface Finding {
  /** `raised` means that the sides could not be computed. */
  readonly verdict: "holds" | "broken" | "raised"
  readonly cases: number
  readonly counterexample?: {
    readonly input: string
    /** The error that was thrown, for `raised`. */
    readonly error?: string
    readonly lhs?: string
    readonly rhs?: string
    /** The first place where the sides differ, with both values. */
    readonly first?: { readonly at: string; readonly lhs: string; readonly rhs: string }
    readonly reasons: ReadonlyArray<string>
    readonly seed: number
    readonly path: string
  }
}

// ---------------------------------------------------------- destructors

/** Turns a verdict into plain data. */
export const toFinding = (verdict: Verdict): Finding => {
  const { cases } = verdict
  if (verdict._tag === "Holds") return { verdict: "holds", cases }
  const { input, reasons, seed, path } = verdict
  const where = { input, reasons, seed, path }
  if (verdict._tag === "Raised")
    return { verdict: "raised", cases, counterexample: { ...where, error: located(verdict.error) } }
  const { lhs, rhs } = verdict.sides
  const first = firstDifference(lhs, rhs)
  return {
    verdict: "broken",
    cases,
    counterexample: {
      ...where,
      lhs: showBits(lhs),
      rhs: showBits(rhs),
      ...(first === null ? {} : { first: { at: first.at, ...showDifference(first) } }),
    },
  }
}

/** Formats, line by line, the input, both sides, the first difference and the reasons, as far as they exist. */
export const evidenceLines = ({ counterexample }: Finding): ReadonlyArray<string> => {
  if (counterexample === undefined) return []
  const { input, lhs, rhs, first, reasons } = counterexample
  return [
    ...(lhs === undefined || rhs === undefined ? [] : [`lhs: ${lhs}`, `rhs: ${rhs}`]),
    ...(first === undefined || first.at === "" ? [] : [`first at ${first.at}: ${first.lhs} and ${first.rhs}`]),
    ...(input === "" ? [] : [`input: ${input}`]),
    ...reasons.map((reason) => `why: ${reason}`),
  ]
}

/** Formats the report of a law that does not hold. */
export const report = (name: string, verdict: Broken | Raised): string => {
  const finding = toFinding(verdict)
  const title =
    verdict._tag === "Broken"
      ? `The law "${name}" is broken.`
      : `The law "${name}" could not be tested: ${sentence(verdict.error)}`
  const again = `again: { seed: ${verdict.seed}, path: "${verdict.path}" }`
  return [title, ...[...evidenceLines(finding), again].map((line) => `  ${line}`)].join("\n")
}

/** Formats an error, with the place in the user's code where it was thrown. */
const located = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const stack = cause instanceof Error ? (cause.stack ?? "") : ""
  const place = /^ +at .*?((?:file:\/\/)?[^\s()]+:\d+:\d+)\)?$/m.exec(stack)?.[1]
  const own = place !== undefined && !/node_modules|node:|\/dist\/|\/(src|laws)\//.test(place)
  return own ? `${sentence(error)} (${place.replace(/^file:\/\//, "")})` : sentence(error)
}

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))
