/**
 * Measures the speed of this machine on a network: it times a few steps and compares them with their work.
 */
import { either as E, type taskEither as TE } from "fp-ts"
import type { Bijection } from "../../core/Bijection.ts"
import { Env } from "../../core/Env.ts"
import type { RevError } from "../../core/RevError.ts"
import type { Scope } from "../../core/Scope.ts"
import { tensorScope } from "../../tensor/values/tensorScope.ts"
import { tensorWatch } from "../../tensor/values/tensorWatch.ts"
import { tf } from "../../tensor/tf.ts"
import { weighted } from "../Gradient.ts"
import { predictLedger, type Step } from "./ledgerOf.ts"
import { nextTask } from "../nextTask.ts"
import { Speed } from "./Speed.ts"
import { median } from "../median.ts"

/** The number of timed steps, after one that is not timed. */
const steps = 3

/**
 * Takes the step four times without its update, under its own plan, so give it a plan that fits the budget. No tensor
 * remains. `clock` returns milliseconds. The medians of the times of the parts, in both passes, give both numbers. On
 * `webgpu`, kernels run on after the call that started them, so no part has a time of its own. There the time of
 * complete steps scales the speed of one core.
 */
export const measureSpeed =
  <P, A, S>(
    net: Bijection<P, A, tf.Tensor, S>,
    { state: _, ...step }: Step<P, A>,
    clock: () => number,
  ): TE.TaskEither<RevError, Speed> =>
  async () => {
    const ledger = predictLedger(net, step)
    if (E.isLeft(ledger)) return ledger
    const rounds: Array<ReadonlyArray<number>> = []
    for (let i = 0; i <= steps; i++) {
      await nextTask()
      const begins: number[] = []
      const scope: Scope = {
        ...tensorScope,
        within: (body, part) => {
          if (part !== undefined) begins.push(clock())
          return tensorScope.within(body)
        },
      }
      const watch = tensorWatch()
      const result = scope.within(() => weighted(net, step.input, 1)(Env.make(step, scope, watch)))
      const computed = clock()
      const evidence = await watch.settle()
      const whole = clock() - (begins[0] ?? computed)
      if (E.isLeft(result)) return result
      tensorScope.release(result.right)
      if (E.isLeft(evidence)) return evidence
      const parts = begins.map((begin, k) => (begins[k + 1] ?? computed) - begin)
      if (i > 0) rounds.push(tf.getBackend() === "webgpu" ? [whole] : parts)
    }
    const { moments } = ledger.right
    const times = (rounds[0] ?? []).map((_, k) => median(rounds.map((round) => round[k] ?? NaN)))
    if (times.length === moments.length)
      return E.right(Speed.fromTimings(moments.map((moment, k) => ({ ...moment, ms: times[k] ?? NaN }))))
    const factor = moments.reduce((sum, moment) => sum + Speed.msOf(Speed.oneCore, moment), 0) / (times[0] ?? NaN)
    return E.right({ operations: Speed.oneCore.operations * factor, bytes: Speed.oneCore.bytes * factor })
  }
