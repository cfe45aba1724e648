/**
 * A training run, step by step.
 */
import type { Bijection } from "../core/Bijection.ts"
import { Plan } from "../core/Plan.ts"
import { currentRuntime, sameRuntime } from "../tensor/Runtime.ts"
import { tensorScope } from "../tensor/values/tensorScope.ts"
import type { tf } from "../tensor/tf.ts"
import type { AdamWConfig } from "./AdamW.ts"
import { RuntimeChanged } from "./errors/RuntimeChanged.ts"
import { microBatched, type Gradients } from "./Gradients.ts"
import { nextTask } from "./nextTask.ts"
import { checkSchedule, learningRate, type Schedule } from "./schedule.ts"
import { update, type Trained } from "./step.ts"
import { orThrow } from "../core/orThrow.ts"

// ---------------------------------------------------------------- model

/** How long a run is, and what it makes of gradients. */
export interface Course {
  readonly optimizer: AdamWConfig
  readonly schedule: Schedule
  /** Samples a step. Step n has the ids from n * batch on, so no two steps share one. */
  readonly batch: number
  /** Steps already taken, as a checkpoint tells: 0 unless given. */
  readonly taken?: number
}

/** What a run trains on and how. */
export interface TrainingOptions<A> extends Course {
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

/** `descent` by this thread, every batch evaluated at once. */
export const training = <P, A, S>(
  network: Bijection<P, A, tf.Tensor, S>,
  { seed, plan = Plan.reversed, ...course }: TrainingOptions<A>,
  from: Trained<P>,
): AsyncGenerator<Progress<P>, void> =>
  descent(microBatched({ network, data: course.data }, { size: course.batch, seed, plan }), course, from)

/**
 * Takes steps of AdamW until `schedule.steps` are taken, and yields after each; leave the loop to stop early. Consumes `from`, and every
 * input that the data make. A refused step throws its
 * `TrainError`, and the parameters of the last yield are as they were; so does `RuntimeChanged` where a step would be computed with another
 * backend, BLAS or choice of kernels than the first. Timers, signals and servers get their turn once a step.
 */
export const descent = async function* <P>(
  gradients: Gradients<P>,
  { optimizer, schedule, batch, taken = 0 }: Course,
  from: Trained<P>,
): AsyncGenerator<Progress<P>, void> {
  checkSchedule(schedule)
  const move = update(gradients.params, optimizer)
  const runtime = currentRuntime()
  const changed = (step: number): RuntimeChanged | null => {
    const now = currentRuntime()
    return sameRuntime(runtime, now) ? null : new RuntimeChanged({ step, before: runtime, now })
  }
  let trained = from
  for (let step = taken; step < schedule.steps; step++) {
    const before = changed(step)
    if (before !== null) throw before
    const samples = Array.from({ length: batch }, (_, i) => step * batch + i)
    const gradient = orThrow(await gradients.at({ params: trained.params, step, samples })())
    const { loss, grads } = gradient
    const during = changed(step)
    if (during !== null) {
      tensorScope.release(grads)
      throw during
    }
    trained = move(trained, gradient, learningRate(schedule, step))
    await nextTask()
    yield { steps: step + 1, loss, trained }
  }
}
