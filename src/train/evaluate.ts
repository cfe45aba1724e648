/**
 * The loss and the metrics of a trained network on data, and its predictions.
 */
import { quoted } from "../core/quoted.ts"
import { runPromise, type Program } from "../core/Program.ts"
import { weightedSums } from "../net/Loss.ts"
import type { Network } from "../net/network.ts"
import { requireBackend } from "../tensor/backend.ts"
import { tf } from "../tensor/tf.ts"
import { tensorScope } from "../tensor/values/tensorScope.ts"
import { tensorEnv } from "../tensor/values/tensorWatch.ts"
import { mapTensors } from "../tensor/values/tree.ts"
import { comesInBatches, inputsOf, sourceOf, type Data, type Values } from "./data/Data.ts"
import { nextTask } from "./nextTask.ts"
import { samplesOf, sliceSamples } from "../tensor/values/samples.ts"
import type { Evaluation, TrainedNetwork } from "./TrainedNetwork.ts"

// ---------------------------------------------------------- destructors

/**
 * The mean loss and the metrics over data, at inference: gamma and dropout are off. A loss with weights is the weighted
 * mean over all data.
 *
 * Rejects with the network's `RevError`, and with `RangeError` for data that are none.
 *
 * @param options - `batch`: samples that are evaluated together, 64 unless given; data that come in batches are taken
 * as they come
 */
export const evaluate = async <P, I, Y, T, M extends string, S>(
  { network, params }: TrainedNetwork<P, I, Y, T, M, S>,
  data: Data<I, T>,
  options: { readonly batch?: number } = {},
): Promise<Evaluation<M>> => {
  const unknown = Object.keys(options).find((name) => name !== "batch")
  if (unknown !== undefined)
    throw new RangeError(`evaluate has no option ${quoted(unknown)}; its only option is batch.`)
  return evaluateWith(network, params, data, options.batch)
}

/** `evaluate` with parameters of their own. */
export const evaluateWith = async <P, I, Y, T, M extends string, S>(
  network: Network<P, I, Y, T, M, S>,
  params: P,
  data: Data<I, T>,
  batch: number | undefined,
): Promise<Evaluation<M>> => {
  requireBackend()
  if (typeof data === "function")
    throw new RangeError("A function of sample ids has no end, so it cannot be evaluated. Give arrays or batches.")
  const source = await sourceOf(data, {
    seed: null,
    batch: comesInBatches(data) ? batch : (batch ?? 64),
    targets: network.loss.targets,
    again: false,
  })
  const names = ["loss", ...Object.keys(network.loss.metrics)]
  const totals = new Float64Array(names.length)
  let weight = 0
  try {
    for (let first = 0; ;) {
      const samples = await source.next(first)
      if (samples === null) break
      try {
        if (first === 0) network.checkShapes(...samples)
        const sums = await sumsOf(network, params, samples)
        for (const [i, sum] of sums.values.entries()) totals[i] = (totals[i] ?? 0) + sum
        weight += sums.weight
        first += samplesOf(samples).length
      } finally {
        tensorScope.release(samples)
      }
      await nextTask()
    }
  } finally {
    await source.close()
  }
  if (!(weight > 0)) throw new RangeError("The data have no sample of a weight above 0. Give at least one.")
  return Object.fromEntries(names.map((name, i) => [name, (totals[i] ?? NaN) / weight])) as Evaluation<M> // a number for every name
}

/**
 * The outputs for some inputs, at inference. The caller disposes of them.
 *
 * Rejects with the network's `RevError`, and with `RangeError` for inputs that are none.
 */
export const predict = async <P, I, Y, T, M extends string, S>(
  { network, params }: TrainedNetwork<P, I, Y, T, M, S>,
  inputs: Values<I>,
): Promise<Y> => {
  requireBackend()
  const given = await inputsOf<I>(inputs)
  try {
    return await inferred(network.outputs.infer(given), params, given)
  } finally {
    tensorScope.release(given)
  }
}

/** The most numbers that outputs of many classes have in memory. */
const MOST = 2 ** 22

const sumsOf = async <P, I, Y, T, M extends string, S>(
  { features, head, loss }: Network<P, I, Y, T, M, S>,
  params: P,
  [inputs, targets]: readonly [I, T],
): Promise<{ readonly values: ReadonlyArray<number>; readonly weight: number }> => {
  const x = await inferred(features(inputs), params, inputs)
  try {
    const [batch = 0, ...rest] = x.shape
    const rows = rest.slice(0, -1).reduce((product, size) => product * size, 1)
    const most = head.classes === null ? batch : Math.max(1, Math.floor(MOST / (head.classes * rows)))
    let [values, weight]: [number[], number] = [[], 0]
    for (let begin = 0; begin < batch; begin += most) {
      const count = Math.min(most, batch - begin)
      const part = (tensor: tf.Tensor): tf.Tensor =>
        count === batch ? tensor.clone() : sliceSamples(tensor, begin, count)
      const given = [part(x), mapTensors(targets, part)] as const
      let outputs: Y | null = null
      let read: tf.Tensor | null = null
      try {
        const y = await inferred(head.outputs(given[0]), params, given[0])
        outputs = y
        read = tf.tidy(() => {
          const { sum, weight: total, metrics } = weightedSums(loss, y, given[1])
          return tf.stack([total, sum, ...metrics])
        })
      } finally {
        tensorScope.release([given, outputs])
      }
      const [total = NaN, ...sums] = await read.data().finally(() => read?.dispose())
      values = sums.map((sum, i) => sum + (values[i] ?? 0))
      weight += total
    }
    return { values, weight }
  } finally {
    x.dispose()
  }
}

/** Some families scale each sample, so the batch of `given` is named. */
const inferred = <P, X>(program: Program<P, X>, params: P, given: unknown): Promise<X> =>
  runPromise(program)(tensorEnv({ params, seed: 0, samples: samplesOf(given) }))
