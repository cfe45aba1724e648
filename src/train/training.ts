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

/** The length of a run and how it uses gradients. */
export interface Course {
  readonly optimizer: AdamWConfig
  readonly schedule: Schedule
  /** The number of samples per step. Step n uses the ids from n * batch on, so no two steps share a sample. */
  readonly batch: number
  /** The number of steps already taken, as stored in a checkpoint. The default is 0. */
  readonly taken?: number
}

/** The data, the plan and the settings of a run. */
export interface TrainingOptions<A> extends Course {
  /** What each part saves. By default every part is reversed. */
  readonly plan?: Plan
  /** The seed of the gammas and of dropout. */
  readonly seed: number
  /** Returns the input for the samples with these ids. It is freed after its step. */
  readonly data: (samples: ReadonlyArray<number>) => A
}

/** The state of a run after a step. */
export interface Progress<out P> {
  /** The number of steps taken, from 1. */
  readonly steps: number
  /** The loss before the step's update. */
  readonly loss: number
  /** The run owns this until it ends: the next step frees it. */
  readonly trained: Trained<P>
}

// --------------------------------------------------------- constructors

/** Runs `descent` on this thread and evaluates each batch in one pass. */
export const training = <P, A, S>(
  network: Bijection<P, A, tf.Tensor, S>,
  { seed, plan = Plan.reversed, ...course }: TrainingOptions<A>,
  from: Trained<P>,
): AsyncGenerator<Progress<P>, void> =>
  descent(microBatched({ network, data: course.data }, { size: course.batch, seed, plan }), course, from)

/**
 * Takes steps of AdamW until `schedule.steps` are taken, and yields after each. Leave the loop to stop early. Consumes
 * `from` and every input that `data` returns. A failed step throws its `TrainError`, and the parameters of the last
 * yield stay valid. It throws `RuntimeChanged` before a step that would be computed with another backend, BLAS or
 * choice of kernels than the first. Timers, signals and servers run once per step.
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
