/**
 * `bijou check`: puts all laws that apply to the subjects of a module to the test, or those of the library's own catalogue.
 */
import { allLaws, type LawSet } from "../../laws/Law.ts"
import { lawsOf, type Applicable } from "../../laws/lawsOf.ts"
import { presets } from "../../laws/presets.ts"
import { toFinding, type Finding } from "../../laws/report.ts"
import { judgements } from "../../laws/run.ts"
import { catalogue } from "../../laws/tensor/catalogue.ts"
import { UnusableInput } from "../report/errors/UnusableInput.ts"
import { startProgress } from "../report/Progress.ts"
import type { CheckOptions } from "./CheckOptions.ts"
import { holds, line, table, type CheckReport, type Row } from "./CheckReport.ts"
import { listenForInterrupt, type Interrupt } from "./Interrupt.ts"
import { loadSubjects } from "./loadSubjects.ts"
import { startBackend } from "./startBackend.ts"

// ---------------------------------------------------------------- model

/** Laws to be tried, under the name that reports give them. */
interface Trial extends Applicable {
  readonly place: string
  /** What `bijou check` is given to find it again. */
  readonly module: string | null
}

// ---------------------------------------------------------- destructors

/** Runs the command on a module, or on the catalogue where there is none; resolves to its exit code and throws `UnusableInput`. */
export const check = async (target: string | undefined, options: CheckOptions): Promise<number> => {
  const backend = await startBackend(options) // before the module, which may make tensors when it is loaded
  const trials = target === undefined ? ofCatalogue() : await ofModule(target)
  const show = target === undefined ? line : table
  if (target === undefined && !options.json) say(`The catalogue on ${backend}, ${options.preset}, seed ${options.seed}`)
  const interrupt = listenForInterrupt("law")
  const reports: CheckReport[] = []
  try {
    for (const trial of trials) {
      const report = await examine(await trial(), backend, options, interrupt)
      if (report !== null) {
        reports.push(report)
        if (!options.json) say(show(report))
      }
      if (await interrupt.requested()) break
    }
  } finally {
    interrupt.stopListening()
  }
  if (options.json) say(JSON.stringify(reports, null, 2))
  if (await interrupt.requested()) return 130
  if (reports.length === 0)
    throw new UnusableInput(
      `There is no law called ${JSON.stringify(options.law)} here. Without --law the command prints all names.`,
    )
  return reports.every(holds) ? 0 : 1
}

const ofModule = async (target: string): Promise<ReadonlyArray<() => Promise<Trial>>> => {
  const exported = await loadSubjects(target)
  return exported.map(({ place, subject }) => async () => {
    const name = subject.name ?? place.slice(place.lastIndexOf("#") + 1)
    return { place, module: place, ...(await lawsOf({ ...subject, name })) }
  })
}

const ofCatalogue = (): ReadonlyArray<() => Promise<Trial>> =>
  catalogue().map(({ name, cost, set }) => async () => ({
    place: name,
    module: null,
    set: await set(),
    cost,
    left: [],
  }))

/** Null where no law has the name that is asked for. */
const examine = async (
  trial: Trial,
  backend: string,
  options: CheckOptions,
  interrupt: Interrupt,
): Promise<CheckReport | null> => {
  const { place, cost, left } = trial
  const { preset, seed, law: wanted, path } = options
  const set = wanted === undefined ? trial.set : only(trial.set, wanted)
  const total = allLaws(set).length
  if (total === 0) return null
  const budget = {
    ...presets[preset][cost],
    ...(options.runs === undefined ? {} : { runs: options.runs }),
    ...(path === undefined ? {} : { path, runs: 1 }),
    seed,
  }
  const progress = preset === "thorough" || process.stderr.isTTY ? startProgress("laws", total) : null
  const laws: Row[] = []
  for await (const { topic, name, verdict, milliseconds } of judgements(set, budget)) {
    const finding = toFinding(verdict)
    const { counterexample } = finding
    laws.push({
      topic,
      law: name,
      ...finding,
      milliseconds: Math.round(milliseconds),
      ...(counterexample === undefined ? {} : { again: again(trial, name, options, counterexample) }),
    })
    progress?.update(laws.length, name)
    if (await interrupt.requested()) break
  }
  progress?.stop()
  return { subject: place, backend, preset, seed, laws, left }
}

/** The sets with the laws of that name alone. */
const only = ({ parents, laws, ...rest }: LawSet, wanted: string): LawSet => ({
  ...rest,
  parents: parents.map((parent) => only(parent, wanted)),
  laws: laws.filter(({ name }) => name === wanted),
})

const again = (
  { module }: Trial,
  law: string,
  { backend, native, threads }: CheckOptions,
  { seed, path }: NonNullable<Finding["counterexample"]>,
): string =>
  [
    "npx bijou check",
    ...(module === null ? [] : [/^[\w./#-]+$/.test(module) ? module : JSON.stringify(module)]),
    `--law ${JSON.stringify(law)}`,
    ...(backend === "wasm" ? [] : [`--backend ${backend}`]),
    ...(native ? [] : ["--no-native"]),
    ...(threads === undefined ? [] : [`--threads ${threads}`]),
    `--seed ${seed}`,
    ...(path === "" ? [] : [`--path ${path}`]),
  ].join(" ")

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}
