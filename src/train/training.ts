/**
 * A training run, step by step.
 */
import { either as E } from "fp-ts"
import type { Bijection } from "../core/Bijection.ts"
import { Plan } from "../core/Plan.ts"
import { tensorScope } from "../tensor/tensorScope.ts"
import { tensorEnv } from "../tensor/tensorWatch.ts"
import type { tf } from "../tensor/tf.ts"
import type { AdamWConfig } from "./AdamW.ts"
import { learningRate, type Schedule } from "./schedule.ts"
import { trainStep, type Trained } from "./step.ts"

// ---------------------------------------------------------------- model

/** What a run trains on and how. */
export interface TrainingPlan<A> {
  readonly optimizer: AdamWConfig
  readonly schedule: Schedule
  /** Samples a step. Step n has the ids from n * batch on, so no two steps share one. */
  readonly batch: number
  /** What each part leaves behind: everything reversed unless given. */
  readonly plan?: Plan
  /** Of the gammas and of dropout. */
  readonly seed: number
  /** The input for the samples with these ids; it is freed after its step. */
  readonly data: (samples: ReadonlyArray<number>) => A
}

/** Where a run stands after a step. */
export interface Progress<out P> {
  /** Steps taken, from 1. */
  readonly steps: number
  /** The loss before the step's update. */
  readonly loss: number
  /** Belongs to the run until it ends: the next step frees it. */
  readonly trained: Trained<P>
}

// --------------------------------------------------------- constructors

/**
 * Takes `schedule.steps` steps of AdamW and yields after each; leave the loop to stop early. Consumes `from`, and every
 * input that `data` makes. A refused step throws its
 * `TrainError`, and the parameters of the last yield are as they were.
 */
export const training = async function* <P, A, S>(
  net: Bijection<P, A, tf.Tensor, S>,
  { optimizer, schedule, batch, plan = Plan.reversed, seed, data }: TrainingPlan<A>,
  from: Trained<P>,
): AsyncGenerator<Progress<P>, void> {
  const take = trainStep(net, optimizer)
  let trained = from
  for (let step = 0; step < schedule.steps; step++) {
    const samples = Array.from({ length: batch }, (_, i) => step * batch + i)
    const input = data(samples)
    const env = tensorEnv({ params: trained.params, seed, step, samples, plan })
    const result = await take(trained, input, env, learningRate(schedule, step))()
    tensorScope.release(input)
    if (E.isLeft(result)) throw result.left
    trained = result.right.trained
    yield { steps: step + 1, loss: result.right.loss, trained }
  }
}
