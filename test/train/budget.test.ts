/**
 * Memory as a budget: the best of all plans, peaks under the budget, and the same gradients under every plan.
 */
import fc from "fast-check"
import { Key, type Bijection } from "bijou"
import type { Choice } from "../../src/core/Plan.ts"
import { buffers, peakBytes, tensorEnv, tensorScope, type tf } from "bijou/tensor"
import {
  AdamW,
  BudgetTooSmall,
  Fit,
  fitPlan,
  fitTable,
  lossAndGrads,
  measureSpeed,
  planOf,
  predictLedger,
  bytesOf,
} from "bijou/net"
import { ByteSize, inMegabytes } from "../../src/train/memory/ByteSize.ts"
import { Speed } from "../../src/train/memory/Speed.ts"
import { peakOf } from "../../src/train/memory/Ledger.ts"
import type { Step } from "../../src/train/memory/ledgerOf.ts"
import { describe, expect, it } from "vitest"
import { alive, ask, digest, left, onBackends, right, tinyBatch, tinyGpt } from "../support/specimens.ts"

/** The most bytes of claims that only some plans make. */
const claims = 16

const all: ReadonlyArray<Choice> = ["reverse", "keep", "tape"]

describe("The speed of a machine", () => {
  const works = fc.array(fc.record({ operations: fc.nat(1e9), moved: fc.nat(1e8) }), { minLength: 3, maxLength: 12 })
  const speeds = fc.record({
    operations: fc.integer({ min: 1e4, max: 1e9 }),
    bytes: fc.integer({ min: 1e4, max: 1e8 }),
  })

  it("is recovered from the times that follow from it", () => {
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

  it("is never negative, whatever the times, and that of one core if they say nothing", () => {
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
    expect(Speed.toText({ operations: 3.1e7, bytes: Infinity })).toBe("31.0 billion operations and any GB per second")
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

  it.each([["much"], ["-3MB"], ["0"], ["64 XB"], [""], [NaN], [null]])("%j is invalid", (given) =>
    expect(ByteSize.is(given) || ByteSize.decode(given)._tag).toBe("Left"),
  )

  it("is shown in MB", () => expect(inMegabytes(3 * 2 ** 19)).toBe("1.50 MB"))
})

/** The bytes of unrelated tensors. */
const outside = <P, A, S>(network: Bijection<P, A, tf.Tensor, S>, step: Step<P, A>): number =>
  buffers().bytes - bytesOf(right(predictLedger(network, step)).start)

onBackends("A budget", () => {
  const batch = 4
  const subject = () => {
    const { bijection: network } = tinyGpt({ depth: 6, width: 8, dropout: 0.25 })
    const params = network.params.init(Key.fromSeed(1))
    return { network, step: { params, input: tinyBatch(batch), seed: 1, samples: [5, 11, 3, 8] } }
  }

  it("is kept, and a larger one is faster, from everything reversed to everything taped, with the same gradients", async () => {
    const { network, step } = subject()
    const { smallest } = left(fitPlan(network, step, { budget: 1 })) as BudgetTooSmall
    const most =
      bytesOf(peakOf(right(predictLedger(network, { ...step, plan: { "": "tape" } })))?.peak ?? expect.fail()) +
      outside(network, step)
    const seen: Array<{ readonly ms: number; readonly bits: string }> = []
    const plans = new Set<string>()
    for (const share of [0, 0.05, 0.2, 0.4, 0.6, 0.8, 1]) {
      const budget = Math.ceil(smallest + share * (most - smallest))
      const before = alive()
      const fit = right(fitPlan(network, step, { budget }))
      expect(alive()).toEqual(before)
      const plan = planOf(fit)
      plans.add(JSON.stringify(plan))
      const { peak, result } = await peakBytes(() =>
        ask(lossAndGrads(network, step.input), tensorEnv({ ...step, plan })),
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
    const free = right(fitPlan(network, step, { budget: most }))
    expect(free.parts.map(({ choice }) => choice)).toEqual(free.parts.map(() => "tape"))
  })

  it("is spent by the speed of the machine: one that multiplies faster tapes no more", async () => {
    const { network, step } = subject()
    const { smallest } = left(fitPlan(network, step, { budget: 1 })) as BudgetTooSmall
    for (const more of [1.1, 1.3, 1.6]) {
      const taped = [1e5, 3e6, 3e7, 1e12].map((operations) => {
        const fit = right(
          fitPlan(network, step, { budget: Math.ceil(more * smallest), speed: { operations, bytes: 4e6 } }),
        )
        return fit.parts.filter(({ choice }) => choice === "tape").length
      })
      expect(taped).toEqual(taped.toSorted((x, y) => y - x))
    }
    const before = alive()
    let now = 0
    // With a clock that ticks once per read, every part takes the same time, whatever it does.
    const speed = right(await measureSpeed(network, step, () => now++)())
    expect(Math.min(speed.operations, speed.bytes)).toBeGreaterThan(0)
    expect(alive()).toEqual(before)
  })

  it("that is too small is refused with the smallest that works, except for claims of four bytes", () => {
    const { network, step } = subject()
    const error = left(fitPlan(network, step, { budget: "1 kB" }))
    expect(error).toBeInstanceOf(BudgetTooSmall)
    const { smallest, message } = error as BudgetTooSmall
    expect(message).toContain(`it needs at least ${smallest}`)
    expect(right(fitPlan(network, step, { budget: smallest })).peak).toBeLessThanOrEqual(smallest)
    expect(left(fitPlan(network, step, { budget: smallest - claims }))).toBeInstanceOf(BudgetTooSmall)
    expect(() => fitPlan(network, step, { budget: "much" })).toThrow(
      'A budget must be an amount of memory such as 64MB, not "much".',
    )
  })

  it("has the best of all plans, and none below the smallest, whatever neighbors choose", () => {
    const { bijection: network } = tinyGpt({ depth: 3, width: 8 })
    const params = network.params.init(Key.fromSeed(1))
    const step = { params, input: tinyBatch(batch), seed: 1, samples: [5, 11, 3, 8] }
    const paths = ["embed", "blocks/0", "blocks/1", "blocks/2", "head"]
    const plans = paths.reduce<ReadonlyArray<Readonly<Record<string, Choice>>>>(
      (made, path) => made.flatMap((plan) => all.map((choice) => ({ ...plan, [path]: choice }))),
      [{}],
    )
    const others = outside(network, step)
    const ways = plans.map((plan) => {
      const ledger = right(predictLedger(network, { ...step, plan }))
      const ms = ledger.moments.reduce((sum, { operations, moved }) => sum + operations / 3e7 + moved / 4e6, 0)
      return { peak: bytesOf(peakOf(ledger)?.peak ?? expect.fail()) + others, ms }
    })
    const peaks = ways.map(({ peak }) => peak)
    const { smallest } = left(fitPlan(network, step, { budget: 1 })) as BudgetTooSmall
    expect(smallest - Math.min(...peaks)).toBeLessThan(claims)
    const best = (budget: number) => Math.min(...ways.filter(({ peak }) => peak <= budget).map(({ ms }) => ms))
    for (const budget of [smallest, ...new Set(peaks)]
      .filter((bytes) => bytes >= smallest)
      .toSorted()
      .slice(0, 12)) {
      const { ms, peak } = right(fitPlan(network, step, { budget }))
      expect(peak).toBeLessThanOrEqual(budget)
      expect(ms).toBeGreaterThan(best(budget) - 1e-4) // times are rounded to nanoseconds
      expect(ms).toBeLessThan(best(budget - claims) + 1e-4)
    }
  })

  it("counts the optimizer if there is one", () => {
    const { network, step } = subject()
    const state = AdamW.init(network.params, step.params)
    const { smallest } = left(fitPlan(network, { ...step, state }, { budget: 1 })) as BudgetTooSmall
    const parameters = right(predictLedger(network, step)).start.parameters
    expect(smallest).toBeGreaterThanOrEqual(4 * parameters) // two moments each, and the gradients
  })

  it("is data that survives JSON, with a table that adds up", () => {
    const { network, step } = subject()
    const fit = right(fitPlan(network, step, { budget: "1 MB" }))
    expect(right(Fit.decode(JSON.parse(JSON.stringify(Fit.encode(fit)))))).toEqual(fit)
    const table = fitTable(fit)
    expect(table).toContain("blocks/0 .. 5")
    expect(table).toContain("of a budget of 1.00 MB")
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60)
  })
})
