/**
 * What `bijou check` found about one subject, as data and as a table that grows while laws are tried.
 */
import { styleText } from "node:util"
import type { Applicable } from "../../../laws/engine/lawsOf.ts"
import { evidenceLines, type Finding } from "../../../laws/engine/report.ts"

// ---------------------------------------------------------------- model

/** One law with what came of it. */
export interface Row extends Finding {
  readonly topic: string
  readonly law: string
  readonly milliseconds: number
  /** The command that repeats the case. */
  readonly again?: string
}

/** What is known before the first law. */
interface Head {
  readonly subject: string
  readonly backend: string
  readonly preset: string
  readonly seed: number
  /** How many laws apply: fewer were tried where Ctrl-C ended it. */
  readonly of: number
  /** Topics that do not apply, with the reason. */
  readonly left: Applicable["left"]
}

/** What came of one subject. */
export interface CheckReport extends Head {
  readonly laws: ReadonlyArray<Row>
}

/** Hears of a subject, of each of its laws (with those before it), and of its end. */
export interface Log {
  readonly head: (head: Head) => void
  readonly row: (row: Row, before: ReadonlyArray<Row>) => void
  readonly end: (report: CheckReport) => void
}

// --------------------------------------------------------- constructors

/** Verdict, cases and law, by topic; behind the first failures all that is known of them, behind others how to see it. */
export const table = (say: (text: string) => void): Log => ({
  head: ({ subject, backend, preset, seed }) => say(`${subject} on ${backend}, ${preset}, seed ${seed}`),
  row: (row, before) => {
    if (row.topic !== before.at(-1)?.topic) say(`\n${row.topic}`)
    const inFull = before.filter(fails).length < shownInFull
    say(rowLines(row, inFull).join("\n"))
  },
  end: (report) => {
    const failing = report.laws.filter(fails).length
    const advice = failing > 1 ? " Start with the first that does not: later ones often fail along with it." : ""
    const left = report.left.map(({ topic, reason }) => `not tried: ${topic}, since ${reason}`)
    say([...(left.length === 0 ? [] : ["", ...left]), "", `${summary(report)}.${advice}`, ""].join("\n"))
  },
})

/** One line a subject, and behind it the laws that do not hold. */
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

/** Whether all laws that were tried hold. */
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
