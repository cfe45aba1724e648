/**
 * Finds the fastest schedule of a chain with a long run of equal stages: it counts how many of them make each choice
 * instead of searching.
 *
 * Stages are equal if they save the same and take the same time after the same neighbor. Their mosts may differ,
 * because stages pulled back early wait for fewer gradients. Let n_y of N stages choose y, and let every choice have
 * its least cost after any neighbor. Then, for any order:
 *
 *     time >= sum_y n_y time_y,    peak >= held before + sum_y n_y held_y + what the stages after the run add
 *
 * A choice that follows another one is a switch to it. For every number of one choice, the best number of the second is
 * at an end of an interval, where the budget or the stages run out, and the third takes the rest: N steps in total.
 *
 *     n_tape = min(N - n_keep, floor((budget - N held_reverse - n_keep (held_keep - held_reverse) - ..) /
 *                                    (held_tape - held_reverse)))
 *
 * This is a bound. It is reached if the counted stages, the leanest first, fit the budget and take that time: so late
 * stages save the most, when nothing later is held. Then the schedule is proved optimal. Otherwise this file gives no
 * answer.
 */
import { option as O } from "fp-ts"
import type { Choice } from "../../core/Plan.ts"
import { extend, scheduleOf, type Prefix, type Schedule } from "./Schedule.ts"
import type { Cost, Stage } from "./Stage.ts"

// ---------------------------------------------------------------- model

/** The bounds [first, end) of a run of equal stages. */
export type StageRun = readonly [first: number, end: number]

/** The number of stages per choice, the leanest choice first, between an entry and an exit. */
interface Counted {
  readonly entry: Prefix
  readonly counts: ReadonlyArray<readonly [choice: Choice, count: number]>
  readonly exit: ReadonlyArray<Choice>
  readonly held: number
  readonly time: number
}

/** A schedule of the stages after a run, given the choice of its last stage. */
interface Exit {
  readonly choices: ReadonlyArray<Choice>
  readonly most: number
  readonly time: number
}

// --------------------------------------------------------- constructors

/**
 * Returns the longest run of equal stages, and the first of several. It is empty and at the end if counting is not
 * worth it.
 */
export const longestRun = (stages: ReadonlyArray<Stage>): StageRun => {
  let [best, first]: [StageRun, number] = [[stages.length, stages.length], 0]
  for (let i = 1; i <= stages.length; i++) {
    const [start, next] = [stages[first], stages[i]]
    if (start !== undefined && next !== undefined && equal(start, next)) continue
    if (i - first > best[1] - best[0]) best = [first, i]
    first = i
  }
  return best[1] - best[0] < shortest ? [stages.length, stages.length] : best
}

const shortest = 4

/** The most schedules of the stages after a run that are tried one by one. */
const mostExits = 1_000

const precedingChoices: ReadonlyArray<Choice | null> = [null, "reverse", "keep", "tape"]

const equal = (one: Stage, other: Stage): boolean =>
  one === other ||
  (one.choices.join() === other.choices.join() &&
    one.choices.every((choice) =>
      precedingChoices.every((before) => {
        const [x, y] = [one.cost(before, choice), other.cost(before, choice)]
        return x.held === y.held && x.time === y.time
      }),
    ))

// ---------------------------------------------------------- destructors

/**
 * Returns the fastest schedule with a peak of at most `budget`, or that there is none, or no answer if counting does
 * not decide. `entries` are the candidate prefixes before the run.
 */
export const fastestOverEqual = (
  stages: ReadonlyArray<Stage>,
  [first, end]: StageRun,
  entries: ReadonlyArray<Prefix>,
  budget: number,
): O.Option<O.Option<Schedule>> => {
  const [run, rest] = [stages.slice(first, end), stages.slice(end)]
  if (run.length === 0 || rest.reduce((count, { choices }) => count * choices.length, 1) > mostExits) return O.none
  const fewest = least(run, rest, entries, budget)
  if (fewest === null) return O.some(O.none)
  let limit = budget
  for (let tries = 0; tries < mostTries; tries++) {
    const counted = least(run, rest, entries, limit)
    if (counted === null || counted.time > fewest.time) return O.none
    const prefix = realized(run, rest, counted)
    if (prefix.peak <= budget) return prefix.time === fewest.time ? O.some(O.some(scheduleOf(prefix))) : O.none
    // The bound ignores a few bytes that mosts add: among schedules of the same time, a leaner one may fit.
    limit = Math.min(limit - 1, limit - (prefix.peak - budget))
  }
  return O.none
}

const mostTries = 4

const realized = (run: ReadonlyArray<Stage>, rest: ReadonlyArray<Stage>, counted: Counted): Prefix => {
  const choices = [...counted.counts.flatMap(([choice, count]) => Array<Choice>(count).fill(choice)), ...counted.exit]
  return [...run, ...rest].reduce((prefix, stage, i) => extend(stage, choices[i] ?? "reverse")(prefix), counted.entry)
}

/** Returns the least time of the bound, with the fewest bytes among equal ones, or null if nothing fits. */
const least = (
  run: ReadonlyArray<Stage>,
  rest: ReadonlyArray<Stage>,
  entries: ReadonlyArray<Prefix>,
  budget: number,
): Counted | null => {
  const count = run.length
  let best: Counted | null = null
  for (const entry of entries) {
    const costs = costsOf(run, entry.choice).toSorted((x, y) => x.held - y.held)
    const [lean, fat] = [costs[0] ?? none, costs.at(-1) ?? none]
    const middle = costs.length > 2 ? (costs[1] ?? none) : none
    for (const last of costs)
      for (const exit of exits(rest, last.choice)) {
        /** Returns the least cost of the switches for these numbers of stages. */
        const switches = (numbers: ReadonlyArray<number>, key: "switchHeld" | "switchTime"): number =>
          costs.reduce((sum, cost, i) => {
            const others = entry.choice !== cost.choice || (cost === last && numbers[i] !== count)
            return sum + (numbers[i] !== 0 && others ? cost[key] : 0)
          }, 0)
        const offer = (ofMiddle: number, ofFat: number): void => {
          const numbers = costs.map((cost) => {
            if (cost === lean) return count - ofMiddle - ofFat
            return cost === fat ? ofFat : ofMiddle
          })
          if (numbers.some((n) => n < 0) || numbers[costs.indexOf(last)] === 0) return
          const own = costs.reduce((sum, { held }, i) => sum + held * (numbers[i] ?? 0), entry.held)
          const held = own + switches(numbers, "switchHeld")
          if (own - last.held + last.most > budget || held + exit.most > budget) return
          const spent = costs.reduce((sum, { time }, i) => sum + time * (numbers[i] ?? 0), entry.time)
          const time = spent + switches(numbers, "switchTime") + exit.time
          if (best !== null && (time > best.time || (time === best.time && held >= best.held))) return
          const counts = costs.map(({ choice }, i) => [choice, numbers[i] ?? 0] as const)
          best = { entry, counts, exit: exit.choices, held, time }
        }
        for (let ofMiddle = 0; ofMiddle <= (costs.length > 2 ? count : 0); ofMiddle++) {
          const [others, mixed] = [count - ofMiddle, costs.map((cost) => (cost === middle ? ofMiddle : 1))]
          const adding = Math.max(last.most - last.held, exit.most + switches(mixed, "switchHeld"))
          const left = budget - entry.held - adding - lean.held * others - middle.held * ofMiddle
          const fitting = fat.held > lean.held ? Math.floor(left / (fat.held - lean.held)) : count
          // Time is linear between the ends of the interval. All or none have other switches than some.
          const numbers = costs.length === 1 ? [0] : [0, 1, Math.min(fitting, others - 1), others]
          for (const ofFat of new Set(numbers)) offer(ofMiddle, ofFat)
        }
      }
  }
  return best
}

/**
 * The least cost of a choice after any neighbor, and how much more it costs after another choice than after the same.
 */
interface LeastCost extends Cost {
  readonly choice: Choice
  readonly switchHeld: number
  readonly switchTime: number
}

const none: LeastCost = { choice: "reverse", held: 0, most: 0, time: 0, switchHeld: 0, switchTime: 0 }

/** Returns the least cost of each choice. The mosts are those of the last stage of the run. */
const costsOf = (run: ReadonlyArray<Stage>, entry: Choice | null): ReadonlyArray<LeastCost> => {
  const [start, end] = [run[0], run.at(-1)]
  if (start === undefined || end === undefined) return []
  return start.choices.map((choice) => {
    const neighbors = new Set([entry, ...start.choices])
    const after = [...neighbors].map((before) => start.cost(before, choice))
    const others = [...neighbors].filter((before) => before !== choice).map((before) => start.cost(before, choice))
    const [held, time] = [Math.min(...after.map((cost) => cost.held)), Math.min(...after.map((cost) => cost.time))]
    return {
      choice,
      held,
      time,
      most: Math.min(...[...neighbors].map((before) => end.cost(before, choice).most)),
      switchHeld: others.length === 0 ? 0 : Math.min(...others.map((cost) => cost.held)) - held,
      switchTime: others.length === 0 ? 0 : Math.min(...others.map((cost) => cost.time)) - time,
    }
  })
}

/** Returns every schedule of the stages after a run. */
const exits = (rest: ReadonlyArray<Stage>, last: Choice): ReadonlyArray<Exit> =>
  rest
    .reduce<ReadonlyArray<Prefix>>(
      (prefix, stage) => stage.choices.flatMap((choice) => prefix.map(extend(stage, choice))),
      [{ choice: last, held: 0, peak: -Infinity, time: 0, before: null }],
    )
    .map((prefix) => ({ choices: scheduleOf(prefix).choices.slice(1), most: prefix.peak, time: prefix.time }))
