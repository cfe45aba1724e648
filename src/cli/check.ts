/**
 * `bijou check`: puts all laws that apply to the subjects of a module to the test.
 */
import { Console } from "node:console"
import { styleText } from "node:util"
import { presets } from "../../laws/presets.ts"
import { lawsOf, type Applicable } from "../../laws/lawsOf.ts"
import { allLaws, type LawSet } from "../../laws/Law.ts"
import { evidenceLines, toFinding, type Finding } from "../../laws/report.ts"
import { judgements } from "../../laws/run.ts"
import { UnusableInput } from "../report/errors/UnusableInput.ts"
import { startProgress } from "../report/Progress.ts"
import { useBackend } from "../tensor/backend.ts"
import type { CheckOptions } from "./CheckOptions.ts"
import { listenForInterrupt, type Interrupt } from "./Interrupt.ts"
import { loadSubjects, type Exported } from "./loadSubjects.ts"

// ---------------------------------------------------------------- model

/** One law with what came of it, as it goes into the JSON report. */
interface Row extends Finding {
  readonly topic: string
  readonly law: string
  readonly milliseconds: number
  /** The command that repeats the case. */
  readonly again?: string
}

/** What came of one subject. */
interface Report {
  readonly subject: string
  readonly backend: string
  readonly preset: string
  readonly seed: number
  readonly laws: ReadonlyArray<Row>
  readonly left: Applicable["left"]
}

// ---------------------------------------------------------- destructors

/** Runs the command; resolves to its exit code and throws `UnusableInput`. */
export const check = async (target: string, options: CheckOptions): Promise<number> => {
  await useBackend(options.backend) // before the module, which may make tensors when it is loaded
  globalThis.console = new Console(process.stderr) // what the module prints is no part of the report
  const exported = await loadSubjects(target)
  const interrupt = listenForInterrupt("law")
  const reports: Report[] = []
  try {
    for (const one of exported) {
      const report = await examine(one, options, interrupt)
      reports.push(report)
      if (!options.json) say(table(report))
      if (await interrupt.requested()) break
    }
  } finally {
    interrupt.stopListening()
  }
  if (options.json) say(JSON.stringify(reports, null, 2))
  if (await interrupt.requested()) return 130
  return reports.every(({ laws }) => laws.every(({ verdict }) => verdict === "holds")) ? 0 : 1
}

const examine = async ({ place, subject }: Exported, options: CheckOptions, interrupt: Interrupt): Promise<Report> => {
  const { backend, preset, seed, law: wanted, path } = options
  const { set, onDevice, left } = await lawsOf({ ...subject, name: subject.name ?? nameOf(place) })
  const chosen = wanted === undefined ? set : only(set, wanted)
  const budget = {
    ...presets[preset][onDevice ? "device" : "host"],
    ...(options.runs === undefined ? {} : { runs: options.runs }),
    ...(path === undefined ? {} : { path, runs: 1 }),
    seed,
  }
  const total = allLaws(chosen).length
  const progress = preset === "thorough" || process.stderr.isTTY ? startProgress("laws", total) : null
  const laws: Row[] = []
  for await (const { topic, name, verdict, milliseconds } of judgements(chosen, budget)) {
    const finding = toFinding(verdict)
    const where = finding.counterexample
    laws.push({
      topic,
      law: name,
      ...finding,
      milliseconds: Math.round(milliseconds),
      ...(where === undefined ? {} : { again: repeat(place, name, options, where) }),
    })
    progress?.update(laws.length, name)
    if (await interrupt.requested()) break
  }
  progress?.stop()
  return { subject: place, backend, preset, seed, laws, left }
}

/** The sets with the one law of that name. */
const only = (set: LawSet, wanted: string): LawSet => {
  const keep = ({ parents, laws, ...rest }: LawSet): LawSet => ({
    ...rest,
    parents: parents.map(keep),
    laws: laws.filter(({ name }) => name === wanted),
  })
  const chosen = keep(set)
  if (allLaws(chosen).length === 0)
    throw new UnusableInput(
      `There is no law called ${JSON.stringify(wanted)} for ${set.name}. The names are in the table that the command prints without --law.`,
    )
  return chosen
}

const repeat = (
  place: string,
  law: string,
  { backend }: CheckOptions,
  { seed, path }: NonNullable<Finding["counterexample"]>,
): string =>
  [
    `npx bijou check ${/^[\w./#-]+$/.test(place) ? place : JSON.stringify(place)}`,
    `--law ${JSON.stringify(law)}`,
    ...(backend === "wasm" ? [] : [`--backend ${backend}`]),
    `--seed ${seed}`,
    ...(path === "" ? [] : [`--path ${path}`]),
  ].join(" ")

const nameOf = (place: string): string => place.slice(place.lastIndexOf("#") + 1)

const marks = {
  holds: { word: "holds ", color: "green" },
  broken: { word: "BROKEN", color: "red" },
  raised: { word: "ERROR ", color: "red" },
} as const

/** Verdict, cases and law, by topic; behind a failure all that is known of it. */
const table = ({ subject, backend, preset, seed, laws, left }: Report): string => {
  const lines = [`${subject} on ${backend}, ${preset}, seed ${seed}`]
  let last = ""
  for (const row of laws) {
    if (row.topic !== last) lines.push("", row.topic)
    last = row.topic
    const { word, color } = marks[row.verdict]
    lines.push(`  ${paint(color, word)} ${String(row.cases).padStart(5)}  ${row.law}`)
    if (row.counterexample?.error !== undefined) lines.push(`    ${row.counterexample.error}`)
    lines.push(...evidenceLines(row).map((line) => `    ${line}`))
    if (row.again !== undefined) lines.push(`    again: ${row.again}`)
  }
  if (left.length > 0) lines.push("", ...left.map(({ topic, reason }) => `not tried: ${topic}, since ${reason}`))
  const holding = laws.filter(({ verdict }) => verdict === "holds").length
  const seconds = laws.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000
  lines.push("", `${holding} of ${laws.length} laws hold, in ${seconds.toFixed(1)} s.`, "")
  return lines.join("\n")
}

const paint = (color: "green" | "red", text: string): string => (process.stdout.isTTY ? styleText(color, text) : text)

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}
