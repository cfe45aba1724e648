/**
 * Finds the fastest schedule of a chain of stages within a budget. It searches stage by stage, but counts the choices
 * of a run of equal stages.
 *
 * Law (checked by `test/train/fastestSchedule.test.ts` against all schedules): no schedule that fits the budget takes
 * less time.
 */
import { function as F, option as O } from "fp-ts"
import { fastestOverEqual, longestRun } from "./equalStages.ts"
import { emptyPrefix, extend, scheduleOf, type Prefix, type Schedule } from "./Schedule.ts"
import type { Stage } from "./Stage.ts"

// ---------------------------------------------------------- destructors

/** Returns the fastest schedule with a peak of at most `budget` that begins with `held` bytes, or None. */
export const fastestSchedule = (stages: ReadonlyArray<Stage>, held: number, budget: number): O.Option<Schedule> => {
  const run = longestRun(stages)
  const entries = prefixes(stages.slice(0, run[0]), held, budget, timeOf)
  return F.pipe(
    fastestOverEqual(stages, run, entries, budget),
    O.getOrElse(() => best(prefixes(stages, held, budget, timeOf), timeOf)),
  )
}

/** Returns the schedule with the lowest peak. */
export const leanestSchedule = (stages: ReadonlyArray<Stage>, held: number): O.Option<Schedule> =>
  best(prefixes(stages, held, Infinity, peakOf), peakOf)

const timeOf = ({ time }: Prefix): number => time

const peakOf = ({ peak }: Prefix): number => peak

/** Returns all prefixes except those that are worse in every respect. */
const prefixes = (
  stages: ReadonlyArray<Stage>,
  held: number,
  budget: number,
  cost: (prefix: Prefix) => number,
): ReadonlyArray<Prefix> => {
  let found: ReadonlyArray<Prefix> = [emptyPrefix(held)]
  for (const stage of stages)
    found = stage.choices.flatMap((choice) => {
      // Among schedules of equal cost, find first the one whose equal choices are neighbors.
      const next = found
        .toSorted((x, y) => Number(y.choice === choice) - Number(x.choice === choice))
        .map(extend(stage, choice))
      return frontier(
        next.filter(({ peak }) => peak <= budget),
        cost,
      )
    })
  return found
}

const best = (found: ReadonlyArray<Prefix>, cost: (prefix: Prefix) => number): O.Option<Schedule> => {
  const [first] = found.toSorted((x, y) => cost(x) - cost(y) || x.peak - y.peak)
  return first === undefined ? O.none : O.some(scheduleOf(first))
}

/** Returns the Pareto frontier: no other prefix is at least as good in both bytes held and cost. */
const frontier = (found: ReadonlyArray<Prefix>, cost: (prefix: Prefix) => number): ReadonlyArray<Prefix> => {
  let least = Infinity
  return found
    .toSorted((x, y) => x.held - y.held || cost(x) - cost(y))
    .filter((prefix) => {
      if (cost(prefix) >= least) return false
      least = cost(prefix)
      return true
    })
}
