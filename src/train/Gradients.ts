/**
 * Where the gradients of batches come from: this thread, or workers that share every batch.
 *
 * A batch is cut into micro-batches of one size. Each is evaluated alone, with its cotangent one over their number, and all are summed in the
 * order of one tree over their places (`treeSum.ts`). So what gives the bits is the size of the micro-batches, and not who evaluates them.
 */
import { either as E, type taskEither as TE } from "fp-ts"
import type { Bijection } from "../core/Bijection.ts"
import type { Params } from "../core/Params.ts"
import { Plan } from "../core/Plan.ts"
import { tensorScope } from "../tensor/values/tensorScope.ts"
import { tensorEnv } from "../tensor/values/tensorWatch.ts"
import type { tf } from "../tensor/tf.ts"
import { addGradients, evaluateGradient, refuseUnlessFinite, type BatchGradient, type Gradient } from "./Gradient.ts"
import { microBatches } from "./microBatches.ts"
import { nextTask } from "./nextTask.ts"
import type { WorkerFailed } from "./errors/WorkerFailed.ts"
import type { TrainError } from "./TrainError.ts"
import { appended, total, type PartialSum } from "./treeSum.ts"

// ---------------------------------------------------------------- model

/** What is trained: a network that ends in its loss, the mean over its samples, and the data. */
export interface Objective<in out P, in out A, in out S> {
  readonly network: Bijection<P, A, tf.Tensor, S>
  /** The input for the samples with these ids; it is freed after its evaluation. */
  readonly data: (samples: ReadonlyArray<number>) => A
}

/** Where a gradient is taken. */
export interface Position<out P> {
  readonly params: P
  readonly step: number
  /** Global ids of the batch. */
  readonly samples: ReadonlyArray<number>
}

/** The mean loss of a batch and its gradients, wherever they are computed. */
export interface Gradients<in out P> {
  readonly params: Params<P>
  /**
   * Borrows the parameters. Of several errors it is that of the first micro-batch; `GradientNotFinite` is about their sum. Throws `RangeError`
   * for a batch that is no multiple of a micro-batch.
   */
  readonly at: (position: Position<P>) => TE.TaskEither<TrainError | WorkerFailed, BatchGradient<P>>
}

/** How batches are evaluated. */
export interface MicroBatching {
  /** Samples in a micro-batch. */
  readonly size: number
  /** Of the gammas and of dropout. */
  readonly seed: number
  /** Everything reversed unless given. */
  readonly plan?: Plan
}

// --------------------------------------------------------- constructors

/** Gradients by this thread, one micro-batch after the other. */
export const microBatched = <P, A, S>(objective: Objective<P, A, S>, how: MicroBatching): Gradients<P> => {
  const { params } = objective.network
  return {
    params,
    at: (position) => async () => {
      const groups = microBatches(position.samples, how.size)
      const nodes = await evaluateRun(objective, position, groups, [0, groups.length], how)()
      if (E.isLeft(nodes)) return nodes
      const { loss, grads } = total(addGradients(params))(nodes.right)
      return refuseUnlessFinite(params, position.step)({ loss: loss / groups.length, grads })()
    },
  }
}

/** The nodes of a run [first, end) of a batch's micro-batches, or the error of the first that has one, and nothing is left. */
export const evaluateRun =
  <P, A, S>(
    { network, data }: Objective<P, A, S>,
    { params, step }: Omit<Position<P>, "samples">,
    groups: ReadonlyArray<ReadonlyArray<number>>,
    [first, end]: readonly [first: number, end: number],
    { seed, plan = Plan.reversed }: MicroBatching,
  ): TE.TaskEither<TrainError, ReadonlyArray<PartialSum<Gradient<P>>>> =>
  async () => {
    const join = appended(addGradients(network.params))
    let nodes: ReadonlyArray<PartialSum<Gradient<P>>> = []
    try {
      for (const [i, samples] of groups.slice(first, end).entries()) {
        if (i > 0) await nextTask()
        const input = data(samples)
        const env = tensorEnv({ params, seed, step, samples, plan })
        const value = await evaluateGradient(network, input, env, 1 / groups.length)()
        tensorScope.release(input)
        if (E.isLeft(value)) return value
        nodes = join(nodes, { first: first + i, count: 1, value: value.right })
      }
      const whole = nodes
      nodes = []
      return E.right(whole)
    } finally {
      tensorScope.release(nodes)
    }
  }
