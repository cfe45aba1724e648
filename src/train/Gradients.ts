/**
 * The source of a batch's gradients: this thread, or workers that share every batch.
 *
 * A batch is cut into micro-batches of one size. Each is evaluated separately, with a cotangent of one over their
 * number, and the results are summed in the order of one binary tree over their places (`treeSum.ts`). So the bits
 * depend on the size of the micro-batches, not on which thread evaluates them.
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

/** What is trained: the data, and a network that ends in its loss, the mean over its samples. */
export interface Objective<in out P, in out A, in out S> {
  readonly network: Bijection<P, A, tf.Tensor, S>
  /** Returns the input for the samples with these ids. It is freed after its evaluation. */
  readonly data: (samples: ReadonlyArray<number>) => A
}

/** The point at which a gradient is taken. */
export interface Position<out P> {
  readonly params: P
  readonly step: number
  /** The global ids of the batch. */
  readonly samples: ReadonlyArray<number>
}

/** Computes the mean loss of a batch and its gradients, on any thread. */
export interface Gradients<in out P> {
  readonly params: Params<P>
  /**
   * Borrows the parameters. If several micro-batches fail, the error is that of the first. `GradientNotFinite` is about
   * the sum. Throws `RangeError` if the batch is not a multiple of the micro-batch.
   */
  readonly at: (position: Position<P>) => TE.TaskEither<TrainError | WorkerFailed, BatchGradient<P>>
}

/** How batches are evaluated. */
export interface MicroBatching {
  /** The number of samples per micro-batch. */
  readonly size: number
  /** The seed of the gammas and of dropout. */
  readonly seed: number
  /** The plan. By default every part is reversed. */
  readonly plan?: Plan
}

// --------------------------------------------------------- constructors

/** Computes gradients on this thread, one micro-batch after another. */
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

/**
 * Returns the tree nodes of the run [first, end) of a batch's micro-batches, or the first error. After an error no
 * tensor remains.
 */
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
