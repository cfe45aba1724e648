/**
 * Workers that share a batch: the bits of one thread, and the errors of one thread.
 */
import {
  GradientNotFinite,
  GridOverflow,
  Irreversible,
  Key,
  LayerFailed,
  NotDifferentiable,
  NotOnGrid,
  ParameterMismatch,
  Plan,
  ShapeMismatch,
  SideMismatch,
} from "bijou"
import { tensorScope, useBackend, useKernels } from "bijou/tensor"
import {
  AdamW,
  fitPlan,
  isTrainError,
  LossNotFinite,
  microBatched,
  planOf,
  WorkerFailed,
  type Gradients,
  type TrainError,
} from "bijou/net"
import { startWorkers, type Workers } from "bijou/workers"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ParameterLayout } from "../../src/tensor/values/ParameterLayout.ts"
import { fromPlain, toPlain } from "../../src/node/workers/PlainError.ts"
import { compilingWorkers, objective } from "../support/builtWorkers.ts"
import { ready, tiny } from "../support/objectives/tiny.ts"
import { sampleOf, trouble, type Trouble } from "../support/objectives/trouble.ts"
import { alive, digest, left, lively, onBackends, right } from "../support/specimens.ts"
import { twentySteps, twentyStepsBy } from "../train/twentySteps.ts"

/** The number of worker threads of this process. */
const threads = (): number =>
  (process.report.getReport() as unknown as { readonly workers: ReadonlyArray<unknown> }).workers.length // Node's typings call it a string

onBackends("Workers", (backend) => {
  const how = { size: 2, seed: 3 }
  const module = objective("tiny")
  let steps: ReturnType<typeof twentySteps> | null = null
  /** The steps of one thread, computed once. */
  const stepsAlone = () => (steps ??= twentySteps(microBatched(ready, how)))

  // Starting a worker takes a second.
  it.each(backend === "wasm" ? [1, 2, 4] : [2])("train to the bits of one thread, %d of them", async (count) => {
    const alone = await stepsAlone()
    const starting = startWorkers(ready.network.params, { module, export: "ready", count, ...how })
    expect(await twentyStepsBy(starting)).toEqual(alone)
  })

  it("would train to other bits with micro-batches of another size", async () => {
    const alone = await stepsAlone()
    for (const other of [{ size: 4 }, { seed: 4 }])
      expect((await twentySteps(microBatched(ready, { ...how, ...other }))).digests).not.toEqual(alone.digests)
  })

  if (backend === "cpu") return

  it("train without custom kernels if this thread does", async () => {
    const own = await stepsAlone()
    useKernels("composed")
    try {
      const alone = await twentySteps(microBatched(ready, how))
      const starting = startWorkers(ready.network.params, { module, export: "ready", count: 2, ...how })
      expect(await twentyStepsBy(starting)).toEqual(alone)
      expect(alone.digests).not.toEqual(own.digests)
    } finally {
      useKernels("own")
    }
  })

  it("make a network from their argument, and follow the plan, from sources that tsx compiles", async () => {
    const other = { dropout: 0, depth: 2 }
    const made = await tiny(other)
    const alone = await twentySteps(microBatched(made, how))
    const starting = compilingWorkers(() =>
      startWorkers(made.network.params, {
        ...how,
        module: new URL("../support/objectives/tiny.ts", import.meta.url),
        export: "tiny",
        argument: other,
        count: 2,
        plan: Plan.taped,
      }),
    )
    expect(await twentyStepsBy(starting)).toEqual(alone)
  })

  // Six micro-batches: a run of 6, and runs of 2, 2, 1, 1, so that some evaluate while others add up.
  it.each([1, 4])("keep to a budget for all threads together, %d of them, as predicted", async (count) => {
    const sizes = { dropout: 0, depth: 6, width: 8 }
    const { network, data } = await tiny(sizes)
    const params = network.params.init(Key.fromSeed(1))
    const samples = Array.from({ length: 48 }, (_, i) => i)
    const first = samples.slice(0, 8)
    const trained = { params, state: AdamW.init(network.params, params) }
    const input = data(first)
    const step = { ...trained, input, seed: 3, samples: first }
    const given = { microBatches: 6, workers: count }
    const refused = left(fitPlan(network, step, { ...given, budget: 1 }))
    if (refused._tag !== "BudgetTooSmall") throw refused
    expect(refused.message.includes(`by ${count} workers`)).toBe(count > 1)
    expect(refused.message.includes("fewer workers, which need less")).toBe(count > 1)
    const fits = [0, 20_000].map((more) =>
      right(fitPlan(network, step, { ...given, budget: refused.smallest + count * more })),
    )
    tensorScope.release(input)
    expect(new Set(fits.map((fit) => JSON.stringify(planOf(fit)))).size).toBe(2)
    for (const fit of fits) {
      const { budget, peak } = fit
      const workers = await startWorkers(network.params, {
        ...{ module, export: "tiny", argument: sizes, count, size: 8, seed: 3, plan: planOf(fit) },
      })
      const { grads } = right(await workers.at({ params, step: 0, samples })())
      const { most } = workers.memory()
      await workers.stop()
      tensorScope.release(grads)
      expect(peak).toBeLessThanOrEqual(budget)
      expect(most).toBeLessThanOrEqual(peak)
      expect(peak - most).toBeLessThan(64 * count)
    }
    tensorScope.release(trained)
  })
})

describe("Workers with faults", () => {
  const { network } = trouble
  const how = { size: 2, seed: 3 }
  const alone = microBatched(trouble, how)
  type P = ReturnType<typeof network.params.init>

  const start = (): Promise<Workers<P>> =>
    startWorkers(network.params, { ...how, module: objective("trouble"), export: "trouble", count: 2 })

  /** Eight samples, some of which fail at their place. */
  const samplesWith = (troubles: Readonly<Record<number, Trouble>>): ReadonlyArray<number> =>
    Array.from({ length: 8 }, (_, i) => sampleOf(troubles[i] ?? "none") + i)

  /** The result of a step, with everything that must not change. */
  const refusal = async (gradients: Gradients<P>, troubles: Readonly<Record<number, Trouble>>) => {
    const before = [digest(network.params, params), alive()]
    const error = left(await gradients.at({ params, step: 7, samples: samplesWith(troubles) })())
    expect([digest(network.params, params), alive()]).toEqual(before)
    return error
  }

  /** The digest of a step without a fault. */
  const step = async (gradients: Gradients<P>, at = 8) => {
    const { loss, grads } = right(await gradients.at({ params, step: at, samples: samplesWith({}) })())
    const bits = digest(network.params, grads)
    tensorScope.release(grads)
    return { loss, bits }
  }

  let params: P
  let workers: Workers<P>

  beforeAll(async () => {
    await useBackend("wasm")
    params = network.params.init(Key.fromSeed(1))
    workers = await start()
  })

  afterAll(() => workers.stop())

  it.each<readonly [Readonly<Record<number, Trouble>>, new (given: never) => Error, string]>([
    [{ 2: "overflow", 5: "infinite loss" }, GridOverflow, "at blocks/0, step 7"],
    [{ 3: "infinite loss", 4: "overflow", 7: "data" }, LossNotFinite, "The loss at step 7 is Infinity."],
    [{ 6: "irreversible", 7: "irreversible" }, Irreversible, "step 7"],
    [{ 4: "layer", 6: "overflow" }, LayerFailed, "The layer at blocks/0 failed: the layer has had enough"],
  ])("answer %j with the error of the first micro-batch, and change nothing", async (troubles, kind, sentence) => {
    const expected = await refusal(alone, troubles)
    const error = await refusal(workers, troubles)
    expect(error).toBeInstanceOf(kind)
    expect(error.message).toContain(sentence)
    expect(error.message).toBe(expected.message)
    expect({ ...error, cause: null }).toEqual({ ...expected, cause: null })
    expect((await step(workers)).loss).toBeGreaterThan(0)
  })

  it("name the worker whose data threw, and continue", async () => {
    const error = await refusal(workers, { 5: "data" })
    expect(error).toBeInstanceOf(WorkerFailed)
    expect(error.message).toBe(
      "Worker 2 failed at step 7: sample 505 is missing. The parameters are those before the step.",
    )
    await expect(refusal(alone, { 5: "data" })).rejects.toThrow("sample 505 is missing")
    await step(workers)
  })

  it("keep no tensors", async () => {
    const before = alive()
    const losses: number[] = []
    // The loss shows how many tensors a worker had when it began.
    for (let i = 0; i < 4; i++) losses.push((await step(workers)).loss)
    expect(new Set(losses).size).toBe(1)
    expect(alive()).toEqual(before)
  })

  it("refuse batches that do not divide evenly, or are too small for them", async () => {
    const at = (samples: ReadonlyArray<number>) => workers.at({ params, step: 0, samples })()
    await expect(at([0, 1, 2])).rejects.toThrow("A batch of 3 is not a multiple of micro-batches of 2.")
    await expect(at([0, 1])).rejects.toThrow("2 workers cannot share 1 micro-batch.")
    await step(workers)
  })

  it.each<readonly [Trouble, string]>([
    ["exit", "Worker 1 failed at step 7: it ended with code 3."],
    ["uncaught", "Worker 1 failed at step 7: sample 701 failed in an unobserved promise."],
  ])("that are lost by %s end this step and all later ones", async (kind, sentence) => {
    const lost = await start()
    const error = await refusal(lost, { 1: kind })
    expect(error).toBeInstanceOf(WorkerFailed)
    expect(error.message).toContain(sentence)
    expect(await refusal(lost, {})).toEqual(error)
    await lost.stop()
  })

  it("take one step at a time, and end immediately when they are stopped, with their threads", async () => {
    const both = await Promise.all([step(workers, 1), step(workers, 2)])
    expect(both).toEqual([await step(workers, 1), await step(workers, 2)])
    expect(both[0].bits).not.toBe(both[1].bits)
    expect(threads()).toBe(2)
    const pending = workers.at({ params, step: 3, samples: samplesWith({}) })()
    await workers.stop()
    expect(threads()).toBe(0)
    expect(left(await pending).message).toContain("Worker 1 failed at step 3: it was stopped.")
    expect((await refusal(workers, {})).message).toContain("Worker 1 failed at step 7: it was stopped.")
  })
})

describe("Workers that cannot start", () => {
  beforeAll(() => useBackend("wasm"))

  const start = (options: Partial<Parameters<typeof startWorkers>[1]>) =>
    startWorkers(ready.network.params, {
      module: objective("tiny"),
      export: "ready",
      count: 1,
      size: 2,
      seed: 1,
      ...options,
    })

  it.each<readonly [Partial<Parameters<typeof startWorkers>[1]>, string]>([
    [{ module: "no/such.ts" }, "no/such.ts. Give the path of a TypeScript or JavaScript module."],
    [{ module: "package.json" }, "package.json is not a module."],
    [{ export: "gone" }, "tiny.js has no export named gone. It exports failing, nothing, ready, tiny."],
    [{ export: "nothing" }, "is not an objective. Export { network, data }, or a function that returns them."],
    [{ export: "failing" }, "A worker cannot start: there is no text here."],
    [{ argument: () => 1 }, "could not be cloned"],
    [{ count: 0 }, "count must be an integer of at least 1, not 0."],
  ])("for %j give the reason, and leave no thread", async (options, sentence) => {
    const error = await start(options).then(
      () => new Error("Nothing was refused."),
      (reason: Error) => reason,
    )
    expect(error.message).toContain(sentence)
    expect(error.message.split("\n")).toHaveLength(1)
    expect(threads()).toBe(0)
  })
})

describe("What passes between threads", () => {
  beforeAll(() => useBackend("wasm"))

  it("has the same bits on the other side", () => {
    const params = lively(ready.network.params, 5)
    const layout = ParameterLayout.of(ready.network.params, params)
    const array = new Float32Array(new SharedArrayBuffer(4 * layout.size))
    return ParameterLayout.write(layout, ready.network.params, params, array).then(() => {
      const back = right(ParameterLayout.read(layout, ready.network.params, array))
      const bits = digest(ready.network.params, back)
      expect(bits).toBe(digest(ready.network.params, params))
      array.fill(0)
      expect(digest(ready.network.params, back)).toBe(bits)
    })
  })

  it.each([1, 16384, 40001])("is added up in place, %i numbers of float32", (length) => {
    const numbers = (seed: number) => Float32Array.from({ length }, (_, i) => Math.sin(seed * (i + 1)) * 10 ** (i % 7))
    const [left, right] = [numbers(1), numbers(2)]
    const sums = left.map((x, i) => x + (right[i] ?? NaN))
    ParameterLayout.add(left, right)
    expect(left).toEqual(sums)
    expect(right).toEqual(numbers(2))
  })

  it("is every error, with its class, its sentence and its fields", () => {
    const at = { path: ["blocks", "1"], step: 3 }
    const errors: ReadonlyArray<TrainError> = [
      new GradientNotFinite({ parameter: "blocks/1/w", step: 3, value: -Infinity }),
      new GridOverflow({ ...at, value: NaN, fractionBits: 9 }),
      new Irreversible(at),
      new LayerFailed({ ...at, cause: new TypeError("no") }),
      new LayerFailed({ ...at, cause: "no" }),
      new NotDifferentiable({ ...at, what: "The input" }),
      new NotOnGrid({ ...at, fractionBits: 9 }),
      new ParameterMismatch("The parameter w is missing."),
      new ShapeMismatch("3 is not 4."),
      new SideMismatch("Another side."),
      new LossNotFinite({ step: 3, value: -Infinity }),
    ]
    for (const error of errors) {
      const back = fromPlain(structuredClone(toPlain(error)))
      expect(back.constructor).toBe(error.constructor)
      expect(back.message).toBe(error.message)
      expect({ ...back, cause: null }).toEqual({ ...error, cause: null })
      expect(isTrainError(back)).toBe(true)
    }
    const cause = Object.assign(new RangeError("no"), { callback: () => 1 })
    const back = fromPlain(structuredClone(toPlain(new LayerFailed({ ...at, cause }))))
    expect(back.cause).toMatchObject({ message: "no", stack: cause.stack })
  })
})
