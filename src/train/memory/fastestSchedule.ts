/**
 * The cheapest way through a chain whose parts may each leave more or less behind, within a budget: from part to part, but for a stretch of
 * equal parts, whose choices are counted.
 *
 * Law (checked by `test/cheapest.test.ts` against all ways): no way through fits the budget in less time.
 */
import { function as F, option as O } from "fp-ts"
import { fastestThroughEqual, stretchOf } from "./equalStages.ts"
import { departure, passed, wayTo, type Reached, type Station, type Way } from "./Stage.ts"

// ---------------------------------------------------------- destructors

/** The fastest way with a peak of at most `budget`, starting with `held` bytes; None where there is none. */
export const cheapest = (stations: ReadonlyArray<Station>, held: number, budget: number): O.Option<Way> => {
  const stretch = stretchOf(stations)
  const entries = through(stations.slice(0, stretch[0]), held, budget, timeOf)
  return F.pipe(
    fastestThroughEqual(stations, stretch, entries, budget),
    O.getOrElse(() => best(through(stations, held, budget, timeOf), timeOf)),
  )
}

/** The way with the lowest peak. */
export const lowest = (stations: ReadonlyArray<Station>, held: number): O.Option<Way> =>
  best(through(stations, held, Infinity, peakOf), peakOf)

const timeOf = ({ time }: Reached): number => time

const peakOf = ({ peak }: Reached): number => peak

/** All ways through, without those that are worse in everything. */
const through = (
  stations: ReadonlyArray<Station>,
  held: number,
  budget: number,
  cost: (way: Reached) => number,
): ReadonlyArray<Reached> => {
  let reached: ReadonlyArray<Reached> = [departure(held)]
  for (const station of stations)
    reached = station.choices.flatMap((choice) => {
      // Of ways that come to the same, the one whose like choices stand together is found first.
      const next = reached
        .toSorted((x, y) => Number(y.choice === choice) - Number(x.choice === choice))
        .map(passed(station, choice))
      return frontier(
        next.filter(({ peak }) => peak <= budget),
        cost,
      )
    })
  return reached
}

const best = (ways: ReadonlyArray<Reached>, cost: (way: Reached) => number): O.Option<Way> => {
  const [first] = ways.toSorted((x, y) => cost(x) - cost(y) || x.peak - y.peak)
  return first === undefined ? O.none : O.some(wayTo(first))
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
