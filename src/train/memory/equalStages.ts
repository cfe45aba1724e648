/**
 * The fastest way through a chain with a long stretch of equal parts: how many of them make each choice is counted, not searched.
 *
 * Parts are equal that leave the same and take the same time behind the same neighbor; their mosts may differ (those pulled back early wait for
 * fewer gradients). With n_y parts of N that choose y, and for every choice the least that it costs behind any neighbor, whatever the order:
 *
 *     time >= sum_y n_y time_y,    peak >= held before + sum_y n_y held_y + what the parts behind the stretch add
 *
 * and who comes to a choice from another has switched to it. For every number of one choice the best number of the second is
 * at an end of an interval, where the budget ends or the parts do, and the third has the rest: N steps in all.
 *
 *     n_tape = min(N - n_keep, floor((budget - N held_reverse - n_keep (held_keep - held_reverse) - ..) / (held_tape - held_reverse)))
 *
 * That is a bound. It is reached where the counted parts, the leanest first, fit the budget and take that time: so late parts leave the most, when
 * nothing later is held. Then it is proved to be the optimum; elsewhere there is no answer here.
 */
import { option as O } from "fp-ts"
import type { Choice } from "../../core/Plan.ts"
import { passed, wayTo, type Reached, type Station, type Toll, type Way } from "./Stage.ts"

// ---------------------------------------------------------------- model

/** From the first station of a stretch to the one behind its last. */
export type Stretch = readonly [first: number, end: number]

/** Numbers of parts by choice, the leanest choice first, between an entry and an exit. */
interface Counted {
  readonly entry: Reached
  readonly counts: ReadonlyArray<readonly [choice: Choice, count: number]>
  readonly exit: ReadonlyArray<Choice>
  readonly held: number
  readonly time: number
}

/** The way behind a stretch, after a last choice in it. */
interface Exit {
  readonly choices: ReadonlyArray<Choice>
  readonly most: number
  readonly time: number
}

// --------------------------------------------------------- constructors

/** The longest stretch of equal stations, the first of them; empty at the end where it is not worth counting. */
export const stretchOf = (stations: ReadonlyArray<Station>): Stretch => {
  let [best, first]: [Stretch, number] = [[stations.length, stations.length], 0]
  for (let i = 1; i <= stations.length; i++) {
    const [start, next] = [stations[first], stations[i]]
    if (start !== undefined && next !== undefined && equal(start, next)) continue
    if (i - first > best[1] - best[0]) best = [first, i]
    first = i
  }
  return best[1] - best[0] < shortest ? [stations.length, stations.length] : best
}

const shortest = 4

/** More ways than these behind a stretch are not tried one by one. */
const mostExits = 1_000

const befores: ReadonlyArray<Choice | null> = [null, "reverse", "keep", "tape"]

const equal = (one: Station, other: Station): boolean =>
  one === other ||
  (one.choices.join() === other.choices.join() &&
    one.choices.every((choice) =>
      befores.every((before) => {
        const [x, y] = [one.toll(before, choice), other.toll(before, choice)]
        return x.held === y.held && x.time === y.time
      }),
    ))

// ---------------------------------------------------------- destructors

/**
 * The fastest way through that has a peak of at most `budget`, or that there is none, where that can be told by counting; `entries` are the ways
 * to the stretch that may be best.
 */
export const fastestThroughEqual = (
  stations: ReadonlyArray<Station>,
  [first, end]: Stretch,
  entries: ReadonlyArray<Reached>,
  budget: number,
): O.Option<O.Option<Way>> => {
  const [stretch, rest] = [stations.slice(first, end), stations.slice(end)]
  if (stretch.length === 0 || rest.reduce((ways, { choices }) => ways * choices.length, 1) > mostExits) return O.none
  const fewest = least(stretch, rest, entries, budget)
  if (fewest === null) return O.some(O.none)
  let limit = budget
  for (let tries = 0; tries < mostTries; tries++) {
    const counted = least(stretch, rest, entries, limit)
    if (counted === null || counted.time > fewest.time) return O.none
    const reached = realized(stretch, rest, counted)
    if (reached.peak <= budget) return reached.time === fewest.time ? O.some(O.some(wayTo(reached))) : O.none
    // The bound does not know what mosts add by a few bytes: of ways as fast, a leaner one may fit.
    limit = Math.min(limit - 1, limit - (reached.peak - budget))
  }
  return O.none
}

const mostTries = 4

const realized = (stretch: ReadonlyArray<Station>, rest: ReadonlyArray<Station>, counted: Counted): Reached => {
  const choices = [...counted.counts.flatMap(([choice, count]) => Array<Choice>(count).fill(choice)), ...counted.exit]
  return [...stretch, ...rest].reduce(
    (reached, station, i) => passed(station, choices[i] ?? "reverse")(reached),
    counted.entry,
  )
}

/** The least time of the bound, and of equal ones that with the fewest bytes; null where nothing fits. */
const least = (
  stretch: ReadonlyArray<Station>,
  rest: ReadonlyArray<Station>,
  entries: ReadonlyArray<Reached>,
  budget: number,
): Counted | null => {
  const count = stretch.length
  let best: Counted | null = null
  for (const entry of entries) {
    const costs = costsOf(stretch, entry.choice).toSorted((x, y) => x.held - y.held)
    const [lean, fat] = [costs[0] ?? none, costs.at(-1) ?? none]
    const middle = costs.length > 2 ? (costs[1] ?? none) : none
    for (const last of costs)
      for (const exit of exits(rest, last.choice)) {
        /** What the switches cost at least when there are so many of each. */
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
          // Time is straight between the ends of the interval; all or none have other switches than some.
          const numbers = costs.length === 1 ? [0] : [0, 1, Math.min(fitting, others - 1), others]
          for (const ofFat of new Set(numbers)) offer(ofMiddle, ofFat)
        }
      }
  }
  return best
}

/** The least that a choice costs behind any neighbor, and what it costs more behind another choice than behind its like. */
interface Cost extends Toll {
  readonly choice: Choice
  readonly switchHeld: number
  readonly switchTime: number
}

const none: Cost = { choice: "reverse", held: 0, most: 0, time: 0, switchHeld: 0, switchTime: 0 }

/** Mosts are those of the last part. */
const costsOf = (stretch: ReadonlyArray<Station>, entry: Choice | null): ReadonlyArray<Cost> => {
  const [start, end] = [stretch[0], stretch.at(-1)]
  if (start === undefined || end === undefined) return []
  return start.choices.map((choice) => {
    const neighbors = new Set([entry, ...start.choices])
    const behind = [...neighbors].map((before) => start.toll(before, choice))
    const others = [...neighbors].filter((before) => before !== choice).map((before) => start.toll(before, choice))
    const [held, time] = [Math.min(...behind.map((toll) => toll.held)), Math.min(...behind.map((toll) => toll.time))]
    return {
      choice,
      held,
      time,
      most: Math.min(...[...neighbors].map((before) => end.toll(before, choice).most)),
      switchHeld: others.length === 0 ? 0 : Math.min(...others.map((toll) => toll.held)) - held,
      switchTime: others.length === 0 ? 0 : Math.min(...others.map((toll) => toll.time)) - time,
    }
  })
}

/** Every way behind a stretch. */
const exits = (rest: ReadonlyArray<Station>, last: Choice): ReadonlyArray<Exit> =>
  rest
    .reduce<ReadonlyArray<Reached>>(
      (reached, station) => station.choices.flatMap((choice) => reached.map(passed(station, choice))),
      [{ choice: last, held: 0, peak: -Infinity, time: 0, before: null }],
    )
    .map((reached) => ({ choices: wayTo(reached).choices.slice(1), most: reached.peak, time: reached.time }))
