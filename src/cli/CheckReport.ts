/**
 * What `bijou check` found about one subject, as data and as a table.
 */
import { styleText } from "node:util"
import type { Applicable } from "../../laws/lawsOf.ts"
import { evidenceLines, type Finding } from "../../laws/report.ts"

// ---------------------------------------------------------------- model

/** One law with what came of it. */
export interface Row extends Finding {
  readonly topic: string
  readonly law: string
  readonly milliseconds: number
  /** The command that repeats the case. */
  readonly again?: string
}

/** What came of one subject. */
export interface CheckReport {
  readonly subject: string
  readonly backend: string
  readonly preset: string
  readonly seed: number
  readonly laws: ReadonlyArray<Row>
  readonly left: Applicable["left"]
}

// ---------------------------------------------------------- destructors

/** Whether all laws that were tried hold. */
export const holds = ({ laws }: CheckReport): boolean => laws.every(({ verdict }) => verdict === "holds")

/** Verdict, cases and law, by topic; behind a failure all that is known of it. */
export const table = (report: CheckReport): string => {
  const { subject, backend, preset, seed, laws, left } = report
  const lines = [`${subject} on ${backend}, ${preset}, seed ${seed}`]
  let last = ""
  for (const row of laws) {
    if (row.topic !== last) lines.push("", row.topic)
    last = row.topic
    lines.push(...rowLines(row))
  }
  if (left.length > 0) lines.push("", ...left.map(({ topic, reason }) => `not tried: ${topic}, since ${reason}`))
  const failing = laws.length - laws.filter(({ verdict }) => verdict === "holds").length
  const advice = failing > 1 ? " Start with the first that does not: later ones often fail along with it." : ""
  return [...lines, "", `${summary(report)}.${advice}`, ""].join("\n")
}

/** One line, and behind it the laws that do not hold. */
export const line = (report: CheckReport): string =>
  [
    `${mark(holds(report) ? "holds" : "broken")} ${report.subject}: ${summary(report)}`,
    ...report.laws.filter(({ verdict }) => verdict !== "holds").flatMap(rowLines),
  ].join("\n")

const summary = ({ laws }: CheckReport): string => {
  const holding = laws.filter(({ verdict }) => verdict === "holds").length
  const seconds = laws.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000
  return `${holding} of ${laws.length} laws hold, in ${seconds.toFixed(1)} s`
}

const rowLines = (row: Row): ReadonlyArray<string> => [
  `  ${mark(row.verdict)} ${String(row.cases).padStart(5)}  ${row.law}`,
  ...(row.counterexample?.error === undefined ? [] : [`    ${row.counterexample.error}`]),
  ...evidenceLines(row).map((text) => `    ${text}`),
  ...(row.again === undefined ? [] : [`    again: ${row.again}`]),
]

const mark = (verdict: Finding["verdict"]): string => {
  const word = { holds: "holds ", broken: "BROKEN", raised: "ERROR " }[verdict]
  return process.stdout.isTTY ? styleText(verdict === "holds" ? "green" : "red", word) : word
}
