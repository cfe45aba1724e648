/**
 * The stages of a training step and their costs, from predicted ledgers.
 *
 * The step is run on shapes under plans in which neighbors make the same choice and under plans in which they do not,
 * because neighbors share the inputs that they keep.
 */
import { either as E } from "fp-ts"
import type { Choice, Plan } from "../../core/Plan.ts"
import type { RevError } from "../../core/RevError.ts"
import { bytesOf, type Ledger, type Moment } from "./Ledger.ts"
import type { Cost, Stage } from "./Stage.ts"

// ---------------------------------------------------------------- model

/** The stages in the order of the forward pass, their paths, and the ledger of the step with every part reversed. */
export interface Stages {
  readonly paths: ReadonlyArray<string>
  readonly stages: ReadonlyArray<Stage>
  readonly reversed: Ledger
}

/** A part of a step, and what it adds. */
export interface StageCost {
  readonly path: string
  readonly cost: Cost
}

const all: ReadonlyArray<Choice> = ["reverse", "keep", "tape"]

// --------------------------------------------------------- constructors

/** Returns the stages of a step, with the cost of every choice after every choice of the stage before. */
export const stagesOf = (
  predict: (plan: Plan) => E.Either<RevError, Ledger>,
  timeOf: (moment: Moment) => number,
): E.Either<RevError, Stages> => {
  const first = predict({})
  if (E.isLeft(first)) return first
  const paths = costsIn(first.right, timeOf).map(({ path }) => path)
  const seen = new Set<string>()
  const repeated = new Set(paths.filter((path) => seen.size === seen.add(path).size))
  const found = new Map<string, ReadonlyArray<Cost>>()
  for (const odd of all)
    for (const even of all) {
      const ledger = predict(
        planFor(
          paths,
          paths.map((_, i) => (i % 2 === 0 ? even : odd)),
        ),
      )
      if (E.isLeft(ledger)) return ledger
      found.set(
        `${even} ${odd}`,
        costsIn(ledger.right, timeOf).map(({ cost }) => cost),
      )
    }
  const costOf = (i: number, before: Choice, choice: Choice): Cost =>
    found.get(i % 2 === 0 ? `${choice} ${before}` : `${before} ${choice}`)?.[i] ?? { held: 0, most: Infinity, time: 0 }
  const same = (i: number, one: Choice, other: Choice): boolean =>
    (["held", "most", "time"] as const).every((key) => costOf(i, one, one)[key] === costOf(i, other, other)[key])
  const stages = paths.map((path, i): Stage => ({
    // Omit a choice that costs the same as an earlier one.
    choices: repeated.has(path)
      ? ["reverse"]
      : all.filter((choice, c) => all.slice(0, c).every((other) => !same(i, other, choice))),
    cost: (before, choice) => costOf(i, before ?? choice, choice),
  }))
  return E.right({ paths, stages, reversed: first.right })
}

/** Makes the plan with one choice per path, and `reverse` for paths without one. */
export const planFor = (paths: ReadonlyArray<string>, choices: ReadonlyArray<Choice>): Plan =>
  Object.fromEntries(paths.map((path, i) => [path, choices[i] ?? "reverse"]))

// ---------------------------------------------------------- destructors

/** Returns the parts of a step in the order of the forward pass, with what each adds. */
export const costsIn = ({ start, moments }: Ledger, timeOf: (moment: Moment) => number): ReadonlyArray<StageCost> => {
  let before = bytesOf(start)
  const parts = moments
    .filter(({ phase }) => phase === "forward")
    .map((moment) => {
      const from = before
      before = bytesOf(moment.end)
      return {
        path: moment.path,
        from,
        held: before - from,
        most: bytesOf(moment.peak) - from,
        time: timeOf(moment),
      }
    })
  const unpulled = new Map<string, typeof parts>()
  for (const part of parts) unpulled.set(part.path, [...(unpulled.get(part.path) ?? []), part])
  // Work outside any part, such as the check of a chain, comes before the part that it belongs to.
  let [most, time] = [0, 0]
  for (const moment of moments.filter(({ phase }) => phase === "pullback")) {
    ;[most, time] = [Math.max(most, bytesOf(moment.peak)), time + timeOf(moment)]
    const part = unpulled.get(moment.path)?.pop()
    if (part === undefined) continue
    part.most = Math.max(part.most, most - part.from)
    part.time += time
    ;[most, time] = [0, 0]
  }
  // To a plan, neighbors with one path are one part.
  const merged: StageCost[] = []
  for (const { path, held, most: highest, time: spent } of parts) {
    const last = merged.at(-1)
    if (last?.path !== path) merged.push({ path, cost: { held, most: highest, time: spent } })
    else
      merged[merged.length - 1] = {
        path,
        cost: {
          held: last.cost.held + held,
          most: Math.max(last.cost.most, last.cost.held + highest),
          time: last.cost.time + spent,
        },
      }
  }
  return merged
}
