/**
 * `bijou check`: checks every law that applies to the subjects of a module, or to the catalogue of bijou itself.
 */
import { Console } from "node:console"
import { allLaws, type LawSet } from "../../../laws/engine/Law.ts"
import { lawsOf, type Applicable } from "../../../laws/engine/lawsOf.ts"
import { presets } from "../../../laws/engine/presets.ts"
import { toFinding, type Finding } from "../../../laws/engine/report.ts"
import { judgements } from "../../../laws/engine/run.ts"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { useKernels } from "../../tensor/kernels/dispatch.ts"
import { startProgressBar } from "../ProgressBar.ts"
import type { CheckOptions } from "./CheckOptions.ts"
import { holds, lines, table, type CheckReport, type Log, type Row } from "./CheckReport.ts"
import { listenForInterrupt, type Interrupt } from "../Interrupt.ts"
import { loadSubjects } from "./loadSubjects.ts"
import { startBackend } from "../startBackend.ts"
import { say } from "../say.ts"

// ---------------------------------------------------------------- model

/** The laws to check for one subject, under its name in reports. */
interface Chosen extends Applicable {
  readonly place: string
  /** The argument of `bijou check` that finds the subject; null for the catalogue. */
  readonly module: string | null
}

// ---------------------------------------------------------- destructors

/** Runs the command on a module, or on the catalogue by default, and returns its exit code. Throws `UnusableInput`. */
export const check = async (target: string | undefined, options: CheckOptions): Promise<number> => {
  globalThis.console = new Console(process.stderr) // the output of a module is not part of the report
  const ended = (code: number) => {
    process.exitCode = code === 130 ? code : 2
    process.stderr.write(
      `bijou: ${target ?? "The catalogue"} ended the process, or never continues, before all laws were checked.\n`,
    )
  }
  process.once("exit", ended)
  try {
    const backend = await startBackend(options) // first: a module may make tensors
    useKernels(options.kernels ? "own" : "composed")
    return await tryAll(target, options.kernels ? backend : `${backend}, without custom kernels`, options)
  } finally {
    process.off("exit", ended)
  }
}

const tryAll = async (target: string | undefined, backend: string, options: CheckOptions): Promise<number> => {
  const trials = await (target === undefined ? ofCatalogue() : ofModule(target))
  const print = options.json ? () => {} : say
  if (target === undefined) print(`The catalogue on ${backend}, ${options.preset}, seed ${options.seed}`)
  const interrupt = listenForInterrupt("law")
  const reports: CheckReport[] = []
  try {
    for (const trial of trials) {
      const chosen = await trial()
      const log = chosen.module === null ? lines(print) : table(print)
      const report = await examine(chosen, backend, options, interrupt, log)
      if (report !== null) reports.push(report)
      if (await interrupt.requested()) break
    }
  } finally {
    interrupt.stopListening()
  }
  if (options.json) say(JSON.stringify(reports, null, 2))
  if (await interrupt.requested()) return interrupt.exitCode()
  if (reports.length === 0)
    throw new UnusableInput(
      `There is no law called ${JSON.stringify(options.law)} here. docs/laws.md lists all names; without --law a report lists those that apply.`,
    )
  return reports.every(holds) ? 0 : 1
}

const ofModule = async (target: string): Promise<ReadonlyArray<() => Promise<Chosen>>> => {
  const exported = await loadSubjects(target)
  return exported.map(({ place, subject }) => async () => {
    const name = subject.name ?? place.slice(place.lastIndexOf("#") + 1)
    try {
      return { place, module: place, ...(await lawsOf({ ...subject, name })) }
    } catch (error) {
      throw new UnusableInput(`${place} cannot be checked: ${error instanceof Error ? error.message : String(error)}`)
    }
  })
}

const ofCatalogue = async (): Promise<ReadonlyArray<() => Promise<Chosen>>> => {
  const { catalogue } = await import("../../../laws/tensor/catalogue.ts")
  return catalogue().map(({ name, cost, set }) => async () => ({
    place: name,
    module: null,
    set: await set(),
    cost,
    left: [],
  }))
}

/** Checks the laws of one subject; null if no law has the requested name. */
const examine = async (
  trial: Chosen,
  backend: string,
  options: CheckOptions,
  interrupt: Interrupt,
  log: Log,
): Promise<CheckReport | null> => {
  const { place, cost, left } = trial
  const { preset, seed, law: wanted, path } = options
  const set = wanted === undefined ? trial.set : only(trial.set, wanted)
  const total = allLaws(set).length
  if (total === 0) return null
  const { seconds, ...amount } = presets[preset][cost]
  const judging = {
    ...amount,
    // WebGPU compiles a program at its first run, which takes a second on a software driver.
    ...(seconds === undefined ? {} : { seconds: options.backend === "webgpu" ? 10 * seconds : seconds }),
    ...(options.runs === undefined ? {} : { runs: options.runs }),
    ...(path === undefined ? {} : { path, runs: 1 }),
    seed,
  }
  const head = { subject: place, backend, preset, seed, of: total, left }
  log.head(head)
  const progress = trial.module === null && process.stderr.isTTY ? startProgressBar("laws", total) : null
  const laws: Row[] = []
  for await (const { topic, name, verdict, milliseconds } of judgements(set, judging)) {
    const finding = toFinding(verdict)
    const { counterexample } = finding
    const row: Row = {
      topic,
      law: name,
      ...finding,
      milliseconds: Math.round(milliseconds),
      ...(counterexample === undefined ? {} : { again: again(trial, name, options, counterexample) }),
    }
    log.row(row, laws)
    laws.push(row)
    progress?.update(laws.length, name)
    if (await interrupt.requested()) break
  }
  progress?.stop()
  const report = { ...head, laws }
  log.end(report)
  return report
}

/** Keeps only the laws of that name. */
const only = ({ parents, laws, ...rest }: LawSet, wanted: string): LawSet => ({
  ...rest,
  parents: parents.map((parent) => only(parent, wanted)),
  laws: laws.filter(({ name }) => name === wanted),
})

const again = (
  { module }: Chosen,
  law: string,
  { backend, native, threads, kernels }: CheckOptions,
  { seed, path }: NonNullable<Finding["counterexample"]>,
): string =>
  [
    "npx bijou check",
    ...(module === null ? [] : [/^[\w./#-]+$/.test(module) ? module : JSON.stringify(module)]),
    `--law ${JSON.stringify(law)}`,
    ...(backend === "wasm" ? [] : [`--backend ${backend}`]),
    ...(native ? [] : ["--no-native"]),
    ...(threads === undefined ? [] : [`--threads ${threads}`]),
    ...(kernels ? [] : ["--no-kernels"]),
    `--seed ${seed}`,
    ...(path === "" ? [] : [`--path ${path}`]),
  ].join(" ")
