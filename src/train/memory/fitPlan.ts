/**
 * Memory as a budget: the fastest plan whose step fits.
 *
 * What every choice costs is told from shapes alone: the step is run without numbers under plans in which neighbors choose alike and not alike,
 * since neighbors share the inputs that they keep. The optimum over these costs is exact, and so is the peak of what was chosen, which is run
 * without numbers once more.
 */
import { either as E, option as O } from "fp-ts"
import type { Bijection } from "../../core/Bijection.ts"
import { cheapest, lowest } from "./fastestSchedule.ts"
import type { Choice, Plan } from "../../core/Plan.ts"
import type { RevError } from "../../core/RevError.ts"
import type { Station, Toll } from "./Stage.ts"
import type { tf } from "../../tensor/tf.ts"
import { byteSize } from "./ByteSize.ts"
import { BudgetTooSmall } from "../errors/BudgetTooSmall.ts"
import type { Fit } from "./Fit.ts"
import { bytesOf, type Ledger, type Moment } from "./Ledger.ts"
import { predictLedger, type Step } from "./ledgerOf.ts"
import { Speed } from "./Speed.ts"
import { surroundings } from "./surroundings.ts"

// ---------------------------------------------------------------- model

/** What a budget is, and how fast the machine is taken to be. */
export interface Budget {
  /** The most that tensors may take at any moment of the step, those that have nothing to do with it included: `"64 MB"`, or a number of bytes. */
  readonly budget: string | number
  /** How many micro-batches like this step's a batch is, whose gradients are summed: 1 unless given. */
  readonly microBatches?: number
  /** How many workers share them, each with memory of its own; the budget is for all threads together. None but this thread unless given. */
  readonly workers?: number
  /** Operations of matrix products and bytes moved in a millisecond; those of one core unless given; `measureSpeed` finds this machine's. */
  readonly speed?: Speed
}

// --------------------------------------------------------- constructors

/**
 * The fastest plan for this network and step, as a `Fit`; `planOf` makes it a plan. The step's own plan is not looked at. Nothing is computed and
 * nothing changes. `BudgetTooSmall` names the least budget that works. Throws `RangeError` for a budget that is no amount of memory.
 */
export const fitPlan =
  <P, A, S>(net: Bijection<P, A, tf.Tensor, S>) =>
  (
    step: Step<P, A>,
    { budget: given, microBatches = 1, workers, speed = Speed.oneCore }: Budget,
  ): E.Either<BudgetTooSmall | RevError, Fit> => {
    const budget = byteSize(given)
    const predict = (plan: Plan) => predictLedger(net)({ ...step, plan })
    // In whole nanoseconds, so that sums are exact and equal parts cost the same in any order.
    const timeOf = (moment: Moment): number => Math.round(1e6 * Speed.msOf(speed, moment))
    const table = costs(predict, timeOf)
    if (E.isLeft(table)) return table
    const { paths, stations, reversed } = table.right
    const around = surroundings(reversed, { microBatches, workers: workers ?? null })
    const peakIn = ({ moments }: Ledger): number =>
      around.peakWith(
        Math.max(
          around.given,
          ...moments.flatMap(({ phase, peak }) => (phase === "update" ? [] : [around.evaluated(peak)])),
        ),
      )

    const fit = (choices: ReadonlyArray<Choice>): E.Either<RevError, Fit> =>
      E.map((ledger: Ledger) => {
        const parts = passages(ledger, timeOf).flatMap(({ path, toll }, i) =>
          (stations[i]?.choices.length ?? 0) > 1
            ? [{ path, choice: choices[i] ?? "reverse", bytes: toll.held, ms: toll.time / 1e6 }]
            : [],
        )
        const peak = peakIn(ledger)
        return { budget, peak, ms: ledger.moments.reduce((sum, moment) => sum + timeOf(moment), 0) / 1e6, parts }
      })(predict(planFor(paths, choices)))

    // A neighbor after the next can cost one more activation than the table says: then the limit shrinks by what was too much.
    for (let limit = budget; ;) {
      const way = cheapest(stations, around.given, around.share(limit))
      if (O.isNone(way)) break
      const fitted = fit(way.value.choices)
      if (E.isLeft(fitted) || fitted.right.peak <= budget) return fitted
      limit = around.peakWith(way.value.peak) - (fitted.right.peak - budget)
    }
    const leanest = lowest(stations, around.given)
    const fitted = fit(O.isSome(leanest) ? leanest.value.choices : [])
    if (E.isLeft(fitted) || fitted.right.peak <= budget) return fitted
    return E.left(new BudgetTooSmall({ budget, smallest: fitted.right.peak, workers: workers ?? null }))
  }

const all: ReadonlyArray<Choice> = ["reverse", "keep", "tape"]

const planFor = (paths: ReadonlyArray<string>, choices: ReadonlyArray<Choice>): Plan =>
  Object.fromEntries(paths.map((path, i) => [path, choices[i] ?? "reverse"]))

/** The costs of every choice of every part behind every choice of its neighbor. */
const costs = (
  predict: (plan: Plan) => E.Either<RevError, Ledger>,
  timeOf: (moment: Moment) => number,
): E.Either<
  RevError,
  { readonly paths: ReadonlyArray<string>; readonly stations: ReadonlyArray<Station>; readonly reversed: Ledger }
> => {
  const first = predict({})
  if (E.isLeft(first)) return first
  const paths = passages(first.right, timeOf).map(({ path }) => path)
  const seen = new Set<string>()
  const repeated = new Set(paths.filter((path) => seen.size === seen.add(path).size))
  const found = new Map<string, ReadonlyArray<Toll>>()
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
        passages(ledger.right, timeOf).map(({ toll }) => toll),
      )
    }
  const tollOf = (i: number, before: Choice, choice: Choice): Toll =>
    found.get(i % 2 === 0 ? `${choice} ${before}` : `${before} ${choice}`)?.[i] ?? { held: 0, most: Infinity, time: 0 }
  const same = (i: number, one: Choice, other: Choice): boolean =>
    (["held", "most", "time"] as const).every((key) => tollOf(i, one, one)[key] === tollOf(i, other, other)[key])
  const stations = paths.map((path, i): Station => ({
    // A choice that costs what an earlier one does is none.
    choices: repeated.has(path)
      ? ["reverse"]
      : all.filter((choice, c) => all.slice(0, c).every((other) => !same(i, other, choice))),
    toll: (before, choice) => tollOf(i, before ?? choice, choice),
  }))
  return E.right({ paths, stations, reversed: first.right })
}

/** A part of a step, and what it adds. */
interface Passage {
  readonly path: string
  readonly toll: Toll
}

/** The parts of a step in the order of the way forth, with what each adds. */
const passages = ({ start, moments }: Ledger, timeOf: (moment: Moment) => number): ReadonlyArray<Passage> => {
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
  // What is no part of its own, such as the check of a chain, comes before the part that it is about.
  let [most, time] = [0, 0]
  for (const moment of moments.filter(({ phase }) => phase === "pullback")) {
    ;[most, time] = [Math.max(most, bytesOf(moment.peak)), time + timeOf(moment)]
    const part = unpulled.get(moment.path)?.pop()
    if (part === undefined) continue
    part.most = Math.max(part.most, most - part.from)
    part.time += time
    ;[most, time] = [0, 0]
  }
  // Neighbors of one path are one part to a plan.
  const merged: Passage[] = []
  for (const { path, held, most: highest, time: spent } of parts) {
    const last = merged.at(-1)
    if (last?.path !== path) merged.push({ path, toll: { held, most: highest, time: spent } })
    else
      merged[merged.length - 1] = {
        path,
        toll: {
          held: last.toll.held + held,
          most: Math.max(last.toll.most, last.toll.held + highest),
          time: last.toll.time + spent,
        },
      }
  }
  return merged
}
