/**
 * Training a network, whole or step by step.
 */
import { Key } from "../core/Key.ts"
import type { Plan } from "../core/Plan.ts"
import { orThrow } from "../core/orThrow.ts"
import { quoted, shown } from "../core/quoted.ts"
import type { Description, Network } from "../net/network.ts"
import { requireBackend } from "../tensor/backend.ts"
import { currentRuntime } from "../tensor/Runtime.ts"
import { tensorScope } from "../tensor/values/tensorScope.ts"
import { mapTensors } from "../tensor/values/tree.ts"
import { AdamW, type AdamWConfig } from "./AdamW.ts"
import type { Run } from "./checkpoint/Run.ts"
import { sourceOf, type Data, type Source } from "./data/Data.ts"
import { TrainingStopped } from "./errors/TrainingStopped.ts"
import { evaluateWith } from "./evaluate.ts"
import { microBatched, type Gradients } from "./Gradients.ts"
import { fitPlan } from "./memory/fitPlan.ts"
import { planOf, type Fit } from "./memory/Fit.ts"
import { scheduleOf, type Rate } from "./Rate.ts"
import { samplesOf, sliceSamples } from "../tensor/values/samples.ts"
import { learningRate } from "./schedule.ts"
import type { Trained } from "./step.ts"
import { descent } from "./training.ts"
import { trainedNetwork, type Evaluation, type TrainedNetwork } from "./TrainedNetwork.ts"

// ---------------------------------------------------------------- model

/** How a network is trained. */
export interface TrainOptions<in out P, in out I, in out Y, in out T, in out M extends string, in out S> {
  readonly data: Data<I, T>
  /** Samples in a step: a positive integer. Leave it out for data that come in batches. */
  readonly batch?: number
  /** Steps in all, with those that `from` has. */
  readonly steps?: number
  /** In the place of `steps`, for arrays: how often every sample is taken, as a number above 0. */
  readonly epochs?: number
  readonly rate: Rate
  /** Settings of AdamW that differ from `AdamW.config`. */
  readonly optimizer?: Partial<AdamWConfig>
  /** Of initial parameters, shuffling, gamma and dropout: a non-negative integer, 0 unless given. */
  readonly seed?: number
  /** Samples that are evaluated together; their gradients are summed. The whole batch unless given. */
  readonly microBatch?: number
  /**
   * What each part stores. That of the family unless given: exact families store side information alone, `plain` stores
   * all.
   */
  readonly plan?: Plan
  /** In the place of `plan`: the memory that tensors may take, such as "64 MB"; the fastest plan that fits is used. */
  readonly budget?: number | string
  /** Evaluates on other data every so many steps, and after the last. */
  readonly evaluate?: { readonly data: Data<I, T>; readonly every: number; readonly batch?: number }
  /** Is called after every step. */
  readonly report?: (report: Report<M>) => void | Promise<void>
  /** Ends training after the step that is being taken. */
  readonly signal?: AbortSignal
  /** Goes on from this network, which stays as it is. A new network unless given. */
  readonly from?: TrainedNetwork<P, I, Y, T, M, S>
}

/** What is reported after a step. */
export interface Report<in out M extends string> {
  /** Steps taken, from 1. */
  readonly step: number
  /** Steps in all; Infinity where the data end the run. */
  readonly steps: number
  /** The epoch of the step's first sample, from 0; null where the data have none. */
  readonly epoch: number | null
  /** The loss before the step's update. */
  readonly loss: number
  readonly rate: number
  readonly evaluation: Evaluation<M> | null
  /** All settings, defaults included, in one line. */
  readonly settings: string
}

// --------------------------------------------------------- constructors

/**
 * Trains a network with AdamW and resolves to it. Every step checks that what was rebuilt has the bits of what was
 * computed.
 *
 * Whatever ends training after its first step, such as a step that is refused (`GridOverflow`, `Irreversible`,
 * `LossNotFinite`, ...), rejects with `TrainingStopped`, which has the network after the last step. Before, it rejects
 * with the `TrainError` itself, `RangeError` for options that are none, `ShapeMismatch` or `LayerFailed` for data and
 * layers that do not fit together, and `BackendUnavailable` before `useBackend`.
 */
export const train = async <P, I, Y, T, M extends string, S>(
  network: Network<P, I, Y, T, M, S>,
  options: TrainOptions<P, I, Y, T, M, S>,
): Promise<TrainedNetwork<P, I, Y, T, M, S>> => {
  const begun = await begin(network, options)
  let last = begun.first
  try {
    for await (const step of stepsFrom(network, options, begun)) last = step
    return last
  } catch (error) {
    if (error instanceof TrainingStopped) throw error
    if (last !== begun.first) throw new TrainingStopped({ cause: error, trained: last })
    last.dispose()
    throw error
  }
}

/**
 * `train`, step by step: yields the network after every step, which owns its tensors until the next one. Leave the loop
 * at any step: the network that was yielded last is the caller's to free. A refused step throws its `TrainError`, and
 * the last network is as it was.
 *
 * ```ts no-run
 * import { trainingSteps, type Network, type TrainOptions } from "bijou/net"
 *
 * declare const net: Network<object, number, number, number, never, null>
 * declare const options: TrainOptions<object, number, number, number, never, null>
 * for await (const trained of trainingSteps(net, options)) if ((trained.loss ?? 1) < 0.1) break
 * ```
 */
export const trainingSteps = async function* <P, I, Y, T, M extends string, S>(
  network: Network<P, I, Y, T, M, S>,
  options: TrainOptions<P, I, Y, T, M, S>,
): AsyncGenerator<TrainedNetwork<P, I, Y, T, M, S>, void> {
  yield* stepsFrom(network, options, await begin(network, options))
}

/** All that is known before the first step. */
interface Begun<P, I, Y, T, M extends string, S> {
  readonly first: TrainedNetwork<P, I, Y, T, M, S>
  readonly source: Source<I, T>
  /** The batch of the next step; null where the data have ended. */
  readonly ahead: readonly [I, T] | null
  readonly steps: number
  readonly plan: Plan
}

const begin = async <P, I, Y, T, M extends string, S>(
  network: Network<P, I, Y, T, M, S>,
  options: TrainOptions<P, I, Y, T, M, S>,
): Promise<Begun<P, I, Y, T, M, S>> => {
  requireBackend()
  checkOptions(options)
  const { from, seed = from?.run.seed ?? 0 } = options
  const source = await sourceOf(options.data, {
    seed,
    batch: options.batch,
    targets: network.loss.targets,
    again: options.steps !== undefined,
  })
  let trained: Trained<P> | null = null
  let ahead: readonly [I, T] | null = null
  try {
    const steps = stepsOf(options, source)
    const schedule = scheduleOf(options.rate, steps)
    const taken = from?.steps ?? 0
    if (taken > 0 && steps <= taken)
      throw new RangeError(
        `steps counts all steps, and from has taken ${taken}, so ${steps} leaves none. Give more than ${taken}.`,
      )
    const microBatch = microBatchOf(options, source, network.loss.weights !== undefined)
    ahead = await source.next(taken * (source.batch ?? 0))
    if (ahead === null) throw new RangeError("The data have no sample. Give at least one.")
    network.checkShapes(...ahead)
    trained = from === undefined ? initial(network, seed) : tensorScope.own(from.trained)
    const batch = source.batch ?? samplesOf(ahead).length
    const fit =
      options.budget === undefined
        ? null
        : fitted(network, trained, ahead, options.budget, microBatch === null ? 1 : batch / microBatch)
    const run = {
      steps: taken,
      seed,
      batch,
      microBatch: microBatch ?? batch,
      workers: null,
      optimizer: { ...(from?.run.optimizer ?? AdamW.config), ...options.optimizer },
      schedule: { ...schedule, steps: Number.isFinite(steps) ? steps : Number.MAX_SAFE_INTEGER },
      fit,
      runtime: currentRuntime(),
      network: network.definition,
      notes: {},
    }
    const first = trainedNetwork({ network, trained, run, loss: null, evaluation: null })
    return { first, source, ahead, steps, plan: fit === null ? (options.plan ?? network.plan) : planOf(fit) }
  } catch (error) {
    tensorScope.release([ahead, trained])
    await source.close()
    throw error
  }
}

const stepsFrom = async function* <P, I, Y, T, M extends string, S>(
  network: Network<P, I, Y, T, M, S>,
  { evaluate, report, signal }: TrainOptions<P, I, Y, T, M, S>,
  { first, source, ahead, steps, plan }: Begun<P, I, Y, T, M, S>,
): AsyncGenerator<TrainedNetwork<P, I, Y, T, M, S>, void> {
  const { run } = first
  const { optimizer, batch, microBatch, seed } = run
  const schedule = { ...run.schedule, steps }
  let next = ahead
  // Ids of batches that come as they are count from the first step of this call.
  let given = run.steps * batch
  const gradients: Gradients<P> = {
    params: network.bijection.params,
    at: (position) => async () => {
      const samples = next
      if (samples === null) throw new TypeError("A step was taken after the last batch.")
      next = null
      const count = samplesOf(samples).length
      const ids = samplesOf(samples, source.batch === null ? given : position.step * count)
      given += count
      const size = source.batch === null ? ids.length : microBatch
      const whole = size === ids.length
      const data = whole ? () => samples : partsOf(samples, ids, size)
      try {
        const how = { size, seed, plan }
        return await microBatched({ network: network.bijection, data }, how).at({ ...position, samples: ids })()
      } finally {
        if (!whole) tensorScope.release(samples)
      }
    },
  }
  const settings = settingsOf(run, network.description, plan)
  const progress = descent(gradients, { optimizer, schedule, batch, taken: run.steps }, first.trained)
  const isAborted = () => signal?.aborted === true
  let taking = run.steps
  try {
    while (next !== null && !isAborted()) {
      const epoch = source.size === null ? null : Math.floor((taking * batch) / source.size)
      const step = await progress.next()
      if (step.done === true) return
      const taken = step.value
      taking = taken.steps
      const { loss, trained } = taken
      const after = { network, trained, run: { ...run, steps: taken.steps }, loss }
      let evaluation: Evaluation<M> | null = null
      try {
        if (taken.steps < steps) next = await source.next(taken.steps * batch)
        if (evaluate !== undefined && (next === null || isAborted() || taken.steps % evaluate.every === 0))
          evaluation = await evaluateWith(network, trained.params, evaluate.data, evaluate.batch)
        const rate = learningRate(schedule, taken.steps - 1)
        await report?.({ step: taken.steps, steps, epoch, loss, rate, evaluation, settings })
      } catch (cause) {
        throw new TrainingStopped({ cause, trained: trainedNetwork({ ...after, evaluation }) })
      }
      yield trainedNetwork({ ...after, evaluation })
    }
  } finally {
    tensorScope.release(next)
    await source.close()
  }
}

/** The inputs for micro-batches of a batch, which are freed one by one. */
const partsOf =
  <A>(samples: A, ids: ReadonlyArray<number>, size: number) =>
  (some: ReadonlyArray<number>): A => {
    const begin = (some[0] ?? 0) - (ids[0] ?? 0)
    return mapTensors(samples, (x) => sliceSamples(x, begin, size))
  }

const initial = <P, I, Y, T, M extends string, S>(
  { bijection }: Network<P, I, Y, T, M, S>,
  seed: number,
): Trained<P> => {
  const params = bijection.params.init(Key.child("parameters")(Key.fromSeed(seed)))
  return { params, state: AdamW.init(bijection.params, params) }
}

const fitted = <P, I, Y, T, M extends string, S>(
  { bijection }: Network<P, I, Y, T, M, S>,
  { params, state }: Trained<P>,
  input: readonly [I, T],
  budget: number | string,
  microBatches: number,
): Fit =>
  orThrow(fitPlan(bijection, { params, state, input, seed: 0, samples: samplesOf(input) }, { budget, microBatches }))

// ---------------------------------------------------------------- checks

const names = [
  "data",
  "batch",
  "steps",
  "epochs",
  "rate",
  "optimizer",
  "seed",
  "microBatch",
  "plan",
  "budget",
  "evaluate",
  "report",
  "signal",
  "from",
]

/** Throws for what JavaScript may be given, and TypeScript refuses. */
const checkOptions = (options: object): void => {
  const unknown = Object.keys(options).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new RangeError(`train has no option ${quoted(unknown)}; its options are ${names.join(", ")}.`)
  for (const name of ["data", "rate"])
    if (Reflect.get(options, name) === undefined) throw new RangeError(`The option ${name} of train is missing.`)
  if (Reflect.get(options, "plan") !== undefined && Reflect.get(options, "budget") !== undefined)
    throw new RangeError("train takes a plan or a budget, not both. Leave one out.")
  const evaluation: unknown = Reflect.get(options, "evaluate")
  if (evaluation !== undefined) {
    const { data, every, ...rest } = Object(evaluation) as { readonly data?: unknown; readonly every?: unknown }
    const other = Object.keys(rest).find((name) => name !== "batch")
    if (other !== undefined)
      throw new RangeError(`evaluate has no option ${quoted(other)}; its options are data, every and batch.`)
    if (data === undefined || !(Number.isSafeInteger(every) && Number(every) >= 1))
      throw new RangeError(
        `evaluate must be { data, every }, with every an integer of at least 1, not ${data === undefined ? "without data" : shown(every)}.`,
      )
  }
  const seed: unknown = Reflect.get(options, "seed")
  if (seed !== undefined && !(Number.isSafeInteger(seed) && Number(seed) >= 0))
    throw new RangeError(`seed must be a non-negative integer below 2^53, not ${shown(seed)}.`)
}

/** Steps in all; Infinity where the data end the run. */
const stepsOf = (
  { steps, epochs }: { readonly steps?: number; readonly epochs?: number },
  { size, batch }: Source<unknown, unknown>,
): number => {
  if (steps !== undefined && epochs !== undefined)
    throw new RangeError("train takes steps or epochs, not both. Leave one out.")
  if (steps !== undefined) {
    if (!Number.isSafeInteger(steps) || steps < 1)
      throw new RangeError(`steps must be an integer of at least 1, not ${steps}.`)
    return steps
  }
  if (epochs !== undefined) {
    if (size === null || batch === null)
      throw new RangeError("epochs are for data given as arrays, whose number of samples is known. Give steps.")
    if (!(epochs > 0) || !Number.isFinite(epochs))
      throw new RangeError(`epochs must be a number above 0, not ${epochs}.`)
    return Math.max(1, Math.ceil((epochs * size) / batch))
  }
  if (batch === null) return Infinity
  throw new RangeError("train needs steps or epochs: how long to train. Give one of them.")
}

/** Samples in a micro-batch; null where a batch is evaluated whole. */
const microBatchOf = (
  { microBatch }: { readonly microBatch?: number },
  { batch }: Source<unknown, unknown>,
  isWeighted: boolean,
): number | null => {
  if (microBatch === undefined) return null
  if (batch === null)
    throw new RangeError(
      "microBatch is for arrays and functions of sample ids. Leave it out for data that come in batches.",
    )
  if (!Number.isSafeInteger(microBatch) || microBatch < 1 || batch % microBatch !== 0)
    throw new RangeError(`microBatch must be an integer that divides the batch of ${batch}, not ${microBatch}.`)
  if (isWeighted && microBatch !== batch)
    throw new RangeError(
      "A loss with weights is a mean over the whole batch, so it is not summed over micro-batches. Leave microBatch out.",
    )
  return microBatch
}

/** All settings in one line. */
const settingsOf = (
  { optimizer, schedule, batch, microBatch, seed }: Run,
  { family, depth, fractionBits }: Description,
  plan: Plan,
): string => {
  const { beta1, beta2, epsilon, weightDecay, clip } = optimizer
  const { peak, floor, warmup } = schedule
  return [
    `${family}, depth ${depth}, ${fractionBits === null ? "float32" : `${fractionBits} fraction bits`}`,
    `batch ${batch}${microBatch === batch ? "" : ` in micro-batches of ${microBatch}`}, seed ${seed}`,
    `AdamW with betas ${beta1} and ${beta2}, epsilon ${epsilon}, weight decay ${weightDecay}, gradients clipped to norm ${clip}`,
    floor === peak && warmup === 0
      ? `learning rate ${peak}`
      : `learning rate ${peak} after ${warmup} steps of warm-up, by a cosine to ${floor}`,
    `plan ${JSON.stringify(plan)}`,
  ].join("; ")
}
