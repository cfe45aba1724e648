/**
 * The cheapest way through a chain whose parts may each leave more or less behind.
 *
 * What parts leave adds up; on top of what those before it left, a part has a most of its own, forwards or on the way back; and the highest
 * moment must fit a budget. So the peak is a maximum over moments, not a sum: what the last parts leave is gone before the first are pulled.
 *
 *     held_i = toll_1.held + .. + toll_i.held,   peak = max_i (held_{i-1} + toll_i.most),   time = sum_i toll_i.time
 *
 * Law (checked by `test/budget.test.ts` against all ways): no way through fits the budget in less time.
 */
import { option as O } from "fp-ts"
import type { Choice } from "./Plan.ts"

// ---------------------------------------------------------------- model

/** What passing a part costs: bytes that it leaves, its most bytes beyond those left before it, and its time. */
export interface Toll {
  readonly held: number
  readonly most: number
  readonly time: number
}

/** A part of the chain: the choices that it has, and its toll, which may depend on the choice of the part before it (parts share inputs). */
export interface Station {
  readonly choices: ReadonlyArray<Choice>
  readonly toll: (before: Choice | null, choice: Choice) => Toll
}

/** A choice for every part, and what they come to. */
export interface Way {
  readonly choices: ReadonlyArray<Choice>
  readonly peak: number
  readonly time: number
}

/** A way as far as some part, without those that are worse in everything. */
interface Reached {
  readonly choice: Choice | null
  readonly held: number
  readonly peak: number
  readonly time: number
  readonly before: Reached | null
}

// ---------------------------------------------------------- destructors

/** The fastest way with a peak of at most `budget`, starting with `held` bytes; None where there is none. */
export const cheapest = (stations: ReadonlyArray<Station>, held: number, budget: number): O.Option<Way> =>
  through(stations, held, budget, ({ time }) => time)

/** The way with the lowest peak. */
export const lowest = (stations: ReadonlyArray<Station>, held: number): O.Option<Way> =>
  through(stations, held, Infinity, ({ peak }) => peak)

const through = (
  stations: ReadonlyArray<Station>,
  held: number,
  budget: number,
  cost: (way: Reached) => number,
): O.Option<Way> => {
  let reached: ReadonlyArray<Reached> = [{ choice: null, held, peak: held, time: 0, before: null }]
  for (const { choices, toll } of stations)
    reached = choices.flatMap((choice) => {
      const next: Reached[] = []
      // Of ways that come to the same, the one whose like choices stand together is found first.
      for (const before of reached.toSorted((x, y) => Number(y.choice === choice) - Number(x.choice === choice))) {
        const { held: left, most, time } = toll(before.choice, choice)
        const peak = Math.max(before.peak, before.held + most)
        if (peak <= budget) next.push({ choice, held: before.held + left, peak, time: before.time + time, before })
      }
      return frontier(next, cost)
    })
  const [best] = reached.toSorted((x, y) => cost(x) - cost(y) || x.peak - y.peak)
  return best === undefined ? O.none : O.some({ choices: choicesOf(best), peak: best.peak, time: best.time })
}

/** Those that no other is at least as good as, in bytes held and in cost. */
const frontier = (ways: ReadonlyArray<Reached>, cost: (way: Reached) => number): ReadonlyArray<Reached> => {
  let least = Infinity
  return ways
    .toSorted((x, y) => x.held - y.held || cost(x) - cost(y))
    .filter((way) => {
      if (cost(way) >= least) return false
      least = cost(way)
      return true
    })
}

const choicesOf = (way: Reached): ReadonlyArray<Choice> => {
  const choices: Choice[] = []
  for (let at: Reached | null = way; at !== null; at = at.before) if (at.choice !== null) choices.push(at.choice)
  return choices.reverse()
}
