/**
 * The fastest schedule of a chain within a budget, on costs of all kinds: the optimum against all schedules, and equal
 * stages counted.
 */
import { option as O } from "fp-ts"
import fc from "fast-check"
import type { Choice } from "../../src/core/Plan.ts"
import { describe, expect, it } from "vitest"
import { fastestSchedule, leanestSchedule } from "../../src/train/memory/fastestSchedule.ts"
import { fastestOverEqual, longestRun } from "../../src/train/memory/equalStages.ts"
import { emptyPrefix, type Schedule } from "../../src/train/memory/Schedule.ts"
import type { Cost, Stage } from "../../src/train/memory/Stage.ts"

const all: ReadonlyArray<Choice> = ["reverse", "keep", "tape"]

/** Every schedule, by the definitions of peak and time. */
const everySchedule = (stages: ReadonlyArray<Stage>, held: number) =>
  stages.reduce<ReadonlyArray<{ readonly choices: ReadonlyArray<Choice>; held: number; peak: number; time: number }>>(
    (found, { choices, cost }) =>
      found.flatMap((schedule) =>
        choices.map((choice) => {
          const added = cost(schedule.choices.at(-1) ?? null, choice)
          return {
            choices: [...schedule.choices, choice],
            held: schedule.held + added.held,
            peak: Math.max(schedule.peak, schedule.held + added.most),
            time: schedule.time + added.time,
          }
        }),
      ),
    [{ choices: [], held, peak: held, time: 0 }],
  )

const cost: fc.Arbitrary<Cost> = fc.record({ held: fc.nat(9), most: fc.nat(20), time: fc.nat(9) })

/** A stage whose twelve costs are those of each choice after none and after each other. */
const stageOf = ([costs, choices]: readonly [ReadonlyArray<Cost>, ReadonlyArray<Choice>]): Stage => ({
  choices,
  // There are twelve costs.
  cost: (before, choice) => costs[3 * (before === null ? 3 : all.indexOf(before)) + all.indexOf(choice)] as Cost,
})

/** Equal stages in a row. */
const chains = fc
  .array(
    fc.tuple(
      fc.array(cost, { minLength: 12, maxLength: 12 }),
      fc.integer({ min: 1, max: 3 }),
      fc.subarray([...all], { minLength: 1 }),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((kinds) =>
    kinds.flatMap(([costs, count, choices]) => {
      const stage = stageOf([costs, choices])
      return Array.from({ length: count }, () => stage)
    }),
  )

/** One of the fastest schedules that fit, and none only if none fits. */
const expectFastest = (found: O.Option<Schedule>, fitting: ReturnType<typeof everySchedule>): void => {
  expect(O.isSome(found)).toBe(fitting.length > 0)
  if (O.isNone(found)) return
  const { choices, time, peak } = found.value
  expect(time).toBe(Math.min(...fitting.map((schedule) => schedule.time)))
  expect(fitting).toContainEqual(expect.objectContaining({ choices, time, peak }))
}

describe("The optimum", () => {
  it("is that of all schedules", () => {
    let none = 0
    fc.assert(
      fc.property(chains, fc.nat(9), fc.nat(60), (stages, held, budget) => {
        const every = everySchedule(stages, held)
        const fitting = every.filter(({ peak }) => peak <= budget)
        const found = fastestSchedule(stages, held, budget)
        if (O.isNone(found)) none++
        expectFastest(found, fitting)
        const leanest = leanestSchedule(stages, held)
        expect(O.isSome(leanest) && leanest.value.peak).toBe(Math.min(...every.map(({ peak }) => peak)))
      }),
      { numRuns: 500, seed: 1 },
    )
    expect(none).toBeGreaterThan(20)
  })
})

describe("The optimum over equal stages", () => {
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
          const stage: Stage = {
            choices: ["reverse", "tape"],
            cost: (_, choice) => {
              const held = choice === "tape" ? tape : side
              return { held, most: held + working, time: choice === "tape" ? 3 : 4 }
            },
          }
          // The last part is pulled on top of what all others left: K side + n (tape - side) + working <= budget.
          const taped = Math.min(count, Math.floor((budget - working - count * side) / (tape - side)))
          const found = fastestSchedule(
            Array.from({ length: count }, () => stage),
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

/**
 * Costs as those of a chain of residual blocks: a block that reverses after another choice holds what it shares, and
 * gradients pile up in the backward pass.
 */
const residuals = (count: number, sizes: { gradient: number; activation: number; tape: number; working: number }) => {
  const { gradient, activation, tape, working } = sizes
  const held = { reverse: 1, keep: 1 + activation, tape: 1 + activation + tape }
  const time = { reverse: 40, keep: 39, tape: 30 }
  let asked = 0
  const block = (place: number): Stage => ({
    choices: all,
    cost: (before, choice) => {
      asked++
      const shared = choice === "reverse" && before !== null && before !== "reverse" ? activation : 0
      const left = held[choice] + shared
      return { held: left, most: left + working + gradient * (count - place), time: time[choice] }
    },
  })
  const head: Stage = {
    choices: ["reverse", "tape"],
    cost: (before, choice) => ({
      held: (before === "reverse" ? -activation : 0) + (choice === "tape" ? 2 : 0),
      most: working,
      time: choice === "tape" ? 3 : 4,
    }),
  }
  return { stages: [...Array.from({ length: count }, (_, i) => block(i)), head], asked: () => asked }
}

const sizes = fc.record({
  gradient: fc.nat(12),
  activation: fc.integer({ min: 1, max: 6 }),
  tape: fc.integer({ min: 4, max: 20 }),
  working: fc.nat(30),
})

describe("Equal stages", () => {
  const answer = (stages: ReadonlyArray<Stage>, held: number, budget: number) =>
    fastestOverEqual(stages, longestRun(stages), [emptyPrefix(held)], budget)

  it("that are counted give the optimum of all schedules, and are counted for nearly every budget", () => {
    const seen = { counted: 0, left: 0, none: 0 }
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 6 }), sizes, fc.nat(9), fc.nat(200), (count, given, held, budget) => {
        const { stages } = residuals(count, given)
        const fitting = everySchedule(stages, held).filter(({ peak }) => peak <= budget)
        const counted = answer(stages, held, budget)
        if (O.isNone(counted)) {
          seen.left++
          return
        }
        if (O.isNone(counted.value)) seen.none++
        else seen.counted++
        expectFastest(counted.value, fitting)
      }),
      { numRuns: 1_000, seed: 1 },
    )
    expect(seen.counted).toBeGreaterThan(10 * seen.left - 100)
    expect(seen.counted).toBeGreaterThan(600)
    expect(seen.none).toBeGreaterThan(100)
  })

  it("give the optimum with others before and after them", () => {
    const stage = fc.tuple(fc.array(cost, { minLength: 12, maxLength: 12 }), fc.subarray([...all], { minLength: 1 }))
    const before = fc.array(stage, { minLength: 1, maxLength: 2 })
    let counted = 0
    fc.assert(
      fc.property(before, sizes, fc.nat(9), fc.nat(160), (others, given, held, budget) => {
        const stages = [...others.map(stageOf), ...residuals(4, given).stages]
        const fitting = everySchedule(stages, held).filter(({ peak }) => peak <= budget)
        const found = fastestSchedule(stages, held, budget)
        if (O.isSome(found)) counted++
        expectFastest(found, fitting)
      }),
      { numRuns: 200, seed: 1 },
    )
    expect(counted).toBeGreaterThan(100)
  })

  it("of any costs are counted only if that is the optimum", () => {
    const seen = { counted: 0, left: 0 }
    fc.assert(
      fc.property(
        fc.array(cost, { minLength: 12, maxLength: 12 }),
        fc.integer({ min: 4, max: 6 }),
        fc.subarray([...all], { minLength: 1 }),
        fc.nat(60),
        (costs, count, choices, budget) => {
          const stage = stageOf([costs, choices])
          const stages = Array.from({ length: count }, () => stage)
          const fitting = everySchedule(stages, 0).filter(({ peak }) => peak <= budget)
          const counted = answer(stages, 0, budget)
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
      const { stages, asked } = residuals(count, given)
      const low = leanestSchedule(stages, 0)
      if (O.isNone(low)) throw new Error("there is a schedule")
      const budget = Math.round(low.value.peak + share * count * (given.tape + given.activation))
      const found = fastestSchedule(stages, 0, budget)
      expect(asked()).toBeLessThan(100 * count)
      if (O.isNone(found)) throw new Error("there is a schedule")
      expect(found.value.peak).toBeLessThanOrEqual(budget)
      const taped = found.value.choices.filter((choice) => choice === "tape").length
      expect(taped).toBeGreaterThan(Math.min(share, 1) * count)
      expect(found.value.choices.at(-2)).toBe("tape") // the last block: nothing later is held
    },
  )
})
