/**
 * The report of `bijou check` on one subject, as data and as a table that grows during the check.
 */
import { styleText } from "node:util"
import type { Applicable } from "../../../laws/engine/lawsOf.ts"
import { evidenceLines, type Finding } from "../../../laws/engine/report.ts"

// ---------------------------------------------------------------- model

/** One law with its result. */
export interface Row extends Finding {
  readonly topic: string
  readonly law: string
  readonly milliseconds: number
  /** The command that repeats the case. */
  readonly again?: string
}

/** The part of the report that is known before the first law. */
interface Head {
  readonly subject: string
  readonly backend: string
  readonly preset: string
  readonly seed: number
  /** How many laws apply; after Ctrl-C fewer were checked. */
  readonly of: number
  /** Topics that do not apply, each with the reason. */
  readonly left: Applicable["left"]
}

/** The results for one subject. */
export interface CheckReport extends Head {
  readonly laws: ReadonlyArray<Row>
}

/** Receives a subject, then each result with the earlier ones, then the whole report. */
export interface Log {
  readonly head: (head: Head) => void
  readonly row: (row: Row, before: ReadonlyArray<Row>) => void
  readonly end: (report: CheckReport) => void
}

// --------------------------------------------------------- constructors

/**
 * Prints verdict, number of cases and law, by topic. The first failures have their full evidence, the others the
 * command that shows it.
 */
export const table = (say: (text: string) => void): Log => ({
  head: ({ subject, backend, preset, seed }) => say(`${subject} on ${backend}, ${preset}, seed ${seed}`),
  row: (row, before) => {
    if (row.topic !== before.at(-1)?.topic) say(`\n${row.topic}`)
    const inFull = before.filter(fails).length < shownInFull
    say(rowLines(row, inFull).join("\n"))
  },
  end: (report) => {
    const failing = report.laws.filter(fails).length
    const advice = failing > 1 ? " Start with the first failure: later ones often follow from it." : ""
    const left = report.left.map(({ topic, reason }) => `not checked: ${topic}, since ${reason}`)
    say([...(left.length === 0 ? [] : ["", ...left]), "", `${summary(report)}.${advice}`, ""].join("\n"))
  },
})

/** Prints one line per subject, followed by the laws that do not hold. */
export const lines = (say: (text: string) => void): Log => ({
  head: () => {},
  row: () => {},
  end: (report) => {
    const failing = report.laws.filter(fails)
    const first = `${mark(holds(report) ? "holds" : "broken")} ${report.subject}: ${summary(report)}`
    say([first, ...failing.flatMap((row, i) => rowLines(row, i < shownInFull))].join("\n"))
  },
})

const shownInFull = 3

// ---------------------------------------------------------- destructors

/** Whether every checked law holds. */
export const holds = ({ laws }: CheckReport): boolean => !laws.some(fails)

const fails = ({ verdict }: Row): boolean => verdict !== "holds"

const summary = (report: CheckReport): string => {
  const { laws, of } = report
  const holding = laws.length - laws.filter(fails).length
  const seconds = laws.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000
  const interrupted = laws.length < of ? `, of ${of} in all: interrupted` : ""
  return `${holding} of ${laws.length} laws hold, in ${seconds.toFixed(1)} s${interrupted}`
}

const rowLines = (row: Row, inFull: boolean): ReadonlyArray<string> => [
  `  ${mark(row.verdict)} ${String(row.cases).padStart(5)}  ${row.law}`,
  ...(row.counterexample?.error === undefined ? [] : [`    ${row.counterexample.error}`]),
  ...(inFull ? evidenceLines(row).map((text) => `    ${text}`) : []),
  ...(row.again === undefined ? [] : [`    again: ${row.again}`]),
]

const mark = (verdict: Finding["verdict"]): string => {
  const word = { holds: "holds ", broken: "BROKEN", raised: "ERROR " }[verdict]
  return process.stdout.isTTY ? styleText(verdict === "holds" ? "green" : "red", word) : word
}
