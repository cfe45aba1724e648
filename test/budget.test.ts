/**
 * Memory as a budget: the optimum against all ways, peaks under the budget, and the same gradients under every plan.
 */
import { option as O } from "fp-ts"
import fc from "fast-check"
import { Key, type Bijection, type Choice } from "bijou"
import { buffers, peakBytes, tensorEnv, tensorScope, type tf } from "bijou/tensor"
import {
  AdamW,
  BudgetTooSmall,
  ByteSize,
  Fit,
  fitPlan,
  fitTable,
  inMegabytes,
  lossAndGrads,
  measureSpeed,
  Speed,
  peakOf,
  planOf,
  predictLedger,
  bytesOf,
  type Step,
} from "bijou/train"
import { describe, expect, it } from "vitest"
import { cheapest, lowest } from "../src/core/cheapest.ts"
import { fastestThroughEqual, stretchOf } from "../src/core/equalParts.ts"
import { departure, type Station, type Toll } from "../src/core/Station.ts"
import { alive, ask, digest, left, onBackends, right, tinyBatch, tinyGpt } from "./specimens.ts"

/** What the claims that are made by some plans alone can come to. */
const claims = 16

const all: ReadonlyArray<Choice> = ["reverse", "keep", "tape"]

/** Every way through, by the definitions of peak and time. */
const everyWay = (stations: ReadonlyArray<Station>, held: number) =>
  stations.reduce<ReadonlyArray<{ readonly choices: ReadonlyArray<Choice>; held: number; peak: number; time: number }>>(
    (ways, { choices, toll }) =>
      ways.flatMap((way) =>
        choices.map((choice) => {
          const cost = toll(way.choices.at(-1) ?? null, choice)
          return {
            choices: [...way.choices, choice],
            held: way.held + cost.held,
            peak: Math.max(way.peak, way.held + cost.most),
            time: way.time + cost.time,
          }
        }),
      ),
    [{ choices: [], held, peak: held, time: 0 }],
  )

const toll: fc.Arbitrary<Toll> = fc.record({ held: fc.nat(9), most: fc.nat(20), time: fc.nat(9) })

/** A table of tolls for each choice behind each other, equal parts in a row. */
const chains = fc
  .array(
    fc.tuple(
      fc.array(toll, { minLength: 12, maxLength: 12 }),
      fc.integer({ min: 1, max: 3 }),
      fc.subarray([...all], { minLength: 1 }),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((kinds) =>
    kinds.flatMap(([tolls, count, choices]) => {
      const station: Station = {
        choices,
        toll: (before, choice) => tolls[3 * (before === null ? 3 : all.indexOf(before)) + all.indexOf(choice)] as Toll, // twelve of them
      }
      return Array.from({ length: count }, () => station)
    }),
  )

describe("The optimum", () => {
  it("is that of all ways", () => {
    let none = 0
    fc.assert(
      fc.property(chains, fc.nat(9), fc.nat(60), (stations, held, budget) => {
        const ways = everyWay(stations, held)
        const fitting = ways.filter(({ peak }) => peak <= budget)
        const found = cheapest(stations, held, budget)
        if (O.isNone(found)) none++
        expect(O.isSome(found)).toBe(fitting.length > 0)
        if (O.isSome(found)) {
          const { choices, time, peak } = found.value
          expect(time).toBe(Math.min(...fitting.map((way) => way.time)))
          expect(fitting).toContainEqual(expect.objectContaining({ choices, time, peak }))
        }
        const leanest = lowest(stations, held)
        expect(O.isSome(leanest) && leanest.value.peak).toBe(Math.min(...ways.map(({ peak }) => peak)))
      }),
      { numRuns: 500, seed: 1 },
    )
    expect(none).toBeGreaterThan(20)
  })
})

describe("The optimum over equal parts", () => {
  it("tapes as many of them as the closed form says", () => {
    fc.assert(
      fc.property(
        fc.record({
          count: fc.integer({ min: 1, max: 40 }),
          side: fc.nat(5),
          tape: fc.integer({ min: 6, max: 40 }),
          working: fc.nat(30),
          budget: fc.nat(400),
        }),
        ({ count, side, tape, working, budget }) => {
          const station: Station = {
            choices: ["reverse", "tape"],
            toll: (_, choice) => {
              const held = choice === "tape" ? tape : side
              return { held, most: held + working, time: choice === "tape" ? 3 : 4 }
            },
          }
          // The last part is pulled on top of what all others left: K side + n (tape - side) + working <= budget.
          const taped = Math.min(count, Math.floor((budget - working - count * side) / (tape - side)))
          const found = cheapest(
            Array.from({ length: count }, () => station),
            0,
            budget,
          )
          expect(O.isSome(found)).toBe(taped >= 0)
          if (O.isSome(found)) expect(found.value.time).toBe(4 * count - taped)
        },
      ),
      { numRuns: 500, seed: 1 },
    )
  })
})

/** Tolls as a chain of residual blocks has them: who reverses behind another choice holds what it shares, gradients pile up on the way back. */
const residuals = (count: number, sizes: { gradient: number; activation: number; tape: number; working: number }) => {
  const { gradient, activation, tape, working } = sizes
  const held = { reverse: 1, keep: 1 + activation, tape: 1 + activation + tape }
  const time = { reverse: 40, keep: 39, tape: 30 }
  let asked = 0
  const block = (place: number): Station => ({
    choices: all,
    toll: (before, choice) => {
      asked++
      const shared = choice === "reverse" && before !== null && before !== "reverse" ? activation : 0
      const left = held[choice] + shared
      return { held: left, most: left + working + gradient * (count - place), time: time[choice] }
    },
  })
  const head: Station = {
    choices: ["reverse", "tape"],
    toll: (before, choice) => ({
      held: (before === "reverse" ? -activation : 0) + (choice === "tape" ? 2 : 0),
      most: working,
      time: choice === "tape" ? 3 : 4,
    }),
  }
  return { stations: [...Array.from({ length: count }, (_, i) => block(i)), head], asked: () => asked }
}

const sizes = fc.record({
  gradient: fc.nat(12),
  activation: fc.integer({ min: 1, max: 6 }),
  tape: fc.integer({ min: 4, max: 20 }),
  working: fc.nat(30),
})

describe("Equal parts", () => {
  const answer = (stations: ReadonlyArray<Station>, held: number, budget: number) =>
    fastestThroughEqual(stations, stretchOf(stations), [departure(held)], budget)

  it("that are counted come to the optimum of all ways, and are counted for nearly every budget", () => {
    const seen = { counted: 0, left: 0, none: 0 }
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 6 }), sizes, fc.nat(9), fc.nat(200), (count, given, held, budget) => {
        const { stations } = residuals(count, given)
        const fitting = everyWay(stations, held).filter(({ peak }) => peak <= budget)
        const counted = answer(stations, held, budget)
        if (O.isNone(counted)) seen.left++
        else if (O.isNone(counted.value)) {
          seen.none++
          expect(fitting).toEqual([])
        } else {
          seen.counted++
          const { choices, time, peak } = counted.value.value
          expect(time).toBe(Math.min(...fitting.map((way) => way.time)))
          expect(fitting).toContainEqual(expect.objectContaining({ choices, time, peak }))
        }
      }),
      { numRuns: 1_000, seed: 1 },
    )
    expect(seen.counted).toBeGreaterThan(10 * seen.left - 100)
    expect(seen.counted).toBeGreaterThan(600)
    expect(seen.none).toBeGreaterThan(100)
  })

  it("of any tolls are counted only where that is the optimum", () => {
    const seen = { counted: 0, left: 0 }
    fc.assert(
      fc.property(
        fc.array(toll, { minLength: 12, maxLength: 12 }),
        fc.integer({ min: 4, max: 6 }),
        fc.subarray([...all], { minLength: 1 }),
        fc.nat(60),
        (tolls, count, choices, budget) => {
          const station: Station = {
            choices,
            toll: (before, choice) =>
              tolls[3 * (before === null ? 3 : all.indexOf(before)) + all.indexOf(choice)] as Toll, // twelve of them
          }
          const stations = Array.from({ length: count }, () => station)
          const fitting = everyWay(stations, 0).filter(({ peak }) => peak <= budget)
          const counted = answer(stations, 0, budget)
          if (O.isNone(counted)) seen.left++
          else {
            seen.counted++
            expect(O.isSome(counted.value)).toBe(fitting.length > 0)
            if (O.isSome(counted.value))
              expect(counted.value.value.time).toBe(Math.min(...fitting.map(({ time }) => time)))
          }
        },
      ),
      { numRuns: 1_000, seed: 1 },
    )
    expect(Math.min(seen.counted, seen.left)).toBeGreaterThan(300)
  })

  it.each([0.01, 0.3, 0.7, 1.1])(
    "are ten thousand blocks with at most a hundred looks at each, at %d of all taped",
    (share) => {
      const count = 10_000
      const given = { gradient: 793_092, activation: 65_536, tape: 1_114_112, working: 3_600_000 }
      const { stations, asked } = residuals(count, given)
      const low = lowest(stations, 0)
      if (O.isNone(low)) throw new Error("there is a way")
      const budget = Math.round(low.value.peak + share * count * (given.tape + given.activation))
      const found = cheapest(stations, 0, budget)
      expect(asked()).toBeLessThan(100 * count)
      if (O.isNone(found)) throw new Error("there is a way")
      expect(found.value.peak).toBeLessThanOrEqual(budget)
      const taped = found.value.choices.filter((choice) => choice === "tape").length
      expect(taped).toBeGreaterThan(Math.min(share, 1) * count)
      expect(found.value.choices.at(-2)).toBe("tape") // the last block: nothing later is held
    },
  )
})

describe("The speed of a machine", () => {
  const works = fc.array(fc.record({ operations: fc.nat(1e9), moved: fc.nat(1e8) }), { minLength: 3, maxLength: 12 })
  const speeds = fc.record({
    operations: fc.integer({ min: 1e4, max: 1e9 }),
    bytes: fc.integer({ min: 1e4, max: 1e8 }),
  })

  it("is found again in the times that follow from it", () => {
    fc.assert(
      fc.property(works, speeds, (given, speed) => {
        const two = [...given, { operations: 1e9, moved: 1 }, { operations: 1, moved: 1e8 }]
        const found = Speed.fromTimings(two.map((work) => ({ ...work, ms: Speed.msOf(speed, work) })))
        expect(Math.abs(found.operations / speed.operations - 1)).toBeLessThan(1e-6)
        expect(Math.abs(found.bytes / speed.bytes - 1)).toBeLessThan(1e-6)
      }),
      { numRuns: 200, seed: 1 },
    )
  })

  it("is never negative, whatever the times, and that of one core where they tell nothing", () => {
    const timings = fc.array(fc.record({ operations: fc.nat(1e6), moved: fc.nat(1e6), ms: fc.nat(100) }), {
      maxLength: 6,
    })
    fc.assert(
      fc.property(timings, (given) => {
        const { operations, bytes } = Speed.fromTimings(given)
        expect(operations > 0 && bytes > 0).toBe(true)
        expect(Number.isFinite(operations) || Number.isFinite(bytes)).toBe(true)
      }),
      { numRuns: 500, seed: 1 },
    )
    expect(Speed.toText({ operations: 3.1e7, bytes: Infinity })).toBe("31.0 billion operations and any GB a second")
    expect(Speed.fromTimings([])).toEqual(Speed.oneCore)
    expect(Speed.fromTimings([{ operations: 10, moved: 0, ms: 2 }])).toEqual({ operations: 5, bytes: Infinity })
    expect(Speed.fromTimings([{ operations: 0, moved: 10, ms: 2 }])).toEqual({ operations: Infinity, bytes: 5 })
  })
})

describe("An amount of memory", () => {
  it.each([
    ["64 MB", 64 * 2 ** 20],
    ["64MB", 64 * 2 ** 20],
    ["1.5 GiB", 1.5 * 2 ** 30],
    ["300k", 300 * 1024],
    ["4096", 4096],
    [4096, 4096],
  ])("%j is %d bytes", (given, bytes) => expect(right(ByteSize.decode(given))).toBe(bytes))

  it.each([["much"], ["-3MB"], ["0"], ["64 XB"], [""], [NaN], [null]])("%j is none", (given) =>
    expect(ByteSize.is(given) || ByteSize.decode(given)._tag).toBe("Left"),
  )

  it("is shown in MB", () => expect(inMegabytes(3 * 2 ** 19)).toBe("1.50 MB"))
})

/** Bytes of what has nothing to do with the step. */
const outside = <P, A, S>(network: Bijection<P, A, tf.Tensor, S>, step: Step<P, A>): number =>
  buffers().bytes - bytesOf(right(predictLedger(network)(step)).start)

onBackends("A budget", () => {
  const batch = 4
  const subject = () => {
    const { network } = tinyGpt({ depth: 6, width: 8, dropout: 0.25 })
    const params = network.params.init(Key.fromSeed(1))
    return { network, step: { params, input: tinyBatch(batch), seed: 1, samples: [5, 11, 3, 8] } }
  }

  it("is kept, and the more of it the faster, from everything reversed to everything taped, with the same gradients", async () => {
    const { network, step } = subject()
    const { smallest } = left(fitPlan(network)(step, { budget: 1 })) as BudgetTooSmall
    const most =
      bytesOf(peakOf(right(predictLedger(network)({ ...step, plan: { "": "tape" } })))?.peak ?? expect.fail()) +
      outside(network, step)
    const seen: Array<{ readonly ms: number; readonly bits: string }> = []
    const plans = new Set<string>()
    for (const share of [0, 0.05, 0.2, 0.4, 0.6, 0.8, 1]) {
      const budget = Math.ceil(smallest + share * (most - smallest))
      const before = alive()
      const fit = right(fitPlan(network)(step, { budget }))
      expect(alive()).toEqual(before)
      const plan = planOf(fit)
      plans.add(JSON.stringify(plan))
      const { peak, result } = await peakBytes(() =>
        ask(lossAndGrads(network)(step.input), tensorEnv({ ...step, plan })),
      )
      expect(fit.peak).toBeLessThanOrEqual(budget)
      expect(peak).toBeLessThanOrEqual(fit.peak)
      expect(peak).toBeGreaterThan(fit.peak - 4 * (2 * fit.parts.length + 8)) // the read of the claims
      seen.push({ ms: fit.ms, bits: digest(network.params, result.grads) })
      tensorScope.release(result)
    }
    const times = seen.map(({ ms }) => ms)
    expect(times).toEqual(times.toSorted((x, y) => y - x))
    expect(times.at(-1)).toBeLessThan((times[0] ?? 0) * 0.9)
    expect(plans.size).toBeGreaterThan(3)
    expect(new Set(seen.map(({ bits }) => bits)).size).toBe(1)
    const free = right(fitPlan(network)(step, { budget: most }))
    expect(free.parts.map(({ choice }) => choice)).toEqual(free.parts.map(() => "tape"))
  })

  it("is spent by the speed of the machine: one that multiplies faster tapes no more", async () => {
    const { network, step } = subject()
    const { smallest } = left(fitPlan(network)(step, { budget: 1 })) as BudgetTooSmall
    for (const more of [1.1, 1.3, 1.6]) {
      const taped = [1e5, 3e6, 3e7, 1e12].map((operations) => {
        const fit = right(
          fitPlan(network)(step, { budget: Math.ceil(more * smallest), speed: { operations, bytes: 4e6 } }),
        )
        return fit.parts.filter(({ choice }) => choice === "tape").length
      })
      expect(taped).toEqual(taped.toSorted((x, y) => y - x))
    }
    const before = alive()
    let now = 0
    // By a clock that ticks once a reading every part takes as long, whatever it does.
    const speed = right(await measureSpeed(network, () => now++)(step)())
    expect(Math.min(speed.operations, speed.bytes)).toBeGreaterThan(0)
    expect(alive()).toEqual(before)
  })

  it("that is too small is refused with the smallest that works, but for claims of four bytes", () => {
    const { network, step } = subject()
    const error = left(fitPlan(network)(step, { budget: "1 kB" }))
    expect(error).toBeInstanceOf(BudgetTooSmall)
    const { smallest, message } = error as BudgetTooSmall
    expect(message).toContain(`the least that works is ${smallest}`)
    expect(right(fitPlan(network)(step, { budget: smallest })).peak).toBeLessThanOrEqual(smallest)
    expect(left(fitPlan(network)(step, { budget: smallest - claims }))).toBeInstanceOf(BudgetTooSmall)
    expect(() => fitPlan(network)(step, { budget: "much" })).toThrow(
      'A budget is an amount of memory such as 64MB, not "much".',
    )
  })

  it("has the best of all plans, and none below the smallest, whatever neighbors choose", () => {
    const { network } = tinyGpt({ depth: 3, width: 8 })
    const params = network.params.init(Key.fromSeed(1))
    const step = { params, input: tinyBatch(batch), seed: 1, samples: [5, 11, 3, 8] }
    const paths = ["embed", "blocks/0", "blocks/1", "blocks/2", "head"]
    const plans = paths.reduce<ReadonlyArray<Readonly<Record<string, Choice>>>>(
      (made, path) => made.flatMap((plan) => all.map((choice) => ({ ...plan, [path]: choice }))),
      [{}],
    )
    const others = outside(network, step)
    const ways = plans.map((plan) => {
      const ledger = right(predictLedger(network)({ ...step, plan }))
      const ms = ledger.moments.reduce((sum, { operations, moved }) => sum + operations / 3e7 + moved / 4e6, 0)
      return { peak: bytesOf(peakOf(ledger)?.peak ?? expect.fail()) + others, ms }
    })
    const peaks = ways.map(({ peak }) => peak)
    const { smallest } = left(fitPlan(network)(step, { budget: 1 })) as BudgetTooSmall
    expect(smallest - Math.min(...peaks)).toBeLessThan(claims)
    const best = (budget: number) => Math.min(...ways.filter(({ peak }) => peak <= budget).map(({ ms }) => ms))
    for (const budget of [smallest, ...new Set(peaks)]
      .filter((bytes) => bytes >= smallest)
      .toSorted()
      .slice(0, 12)) {
      const { ms, peak } = right(fitPlan(network)(step, { budget }))
      expect(peak).toBeLessThanOrEqual(budget)
      expect(ms).toBeGreaterThan(best(budget) - 1e-4) // times are rounded to nanoseconds
      expect(ms).toBeLessThan(best(budget - claims) + 1e-4)
    }
  })

  it("counts the optimizer where it is given one", () => {
    const { network, step } = subject()
    const state = AdamW.init(network.params, step.params)
    const { smallest } = left(fitPlan(network)({ ...step, state }, { budget: 1 })) as BudgetTooSmall
    const parameters = right(predictLedger(network)(step)).start.parameters
    expect(smallest).toBeGreaterThanOrEqual(4 * parameters) // two moments each, and the gradients
  })

  it("is data that survives JSON, with a table that adds up", () => {
    const { network, step } = subject()
    const fit = right(fitPlan(network)(step, { budget: "1 MB" }))
    expect(right(Fit.decode(JSON.parse(JSON.stringify(Fit.encode(fit)))))).toEqual(fit)
    const table = fitTable(fit)
    expect(table).toContain("blocks/0 .. 5")
    expect(table).toContain("of a budget of 1.00 MB")
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60)
  })
})
