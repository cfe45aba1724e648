/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A network after some steps of training: its parameters, the state of the optimizer, and how it came to be.
 */
import type { Network } from "../net/network.ts"
import { tensorScope } from "../tensor/values/tensorScope.ts"
import { tensorsIn } from "../tensor/values/tree.ts"
import type { Run } from "./checkpoint/Run.ts"
import type { Trained } from "./step.ts"

// ---------------------------------------------------------------- model

/** What `train` and `load` return. Free it with `dispose`, or declare it with `using`. */
export interface TrainedNetwork<in out P, in out I, in out Y, in out T, in out M extends string, in out S> {
  readonly network: Network<P, I, Y, T, M, S>
  /** Throws where they are freed: after `dispose`, and after the next step of `trainingSteps`. */
  readonly params: P
  /** Parameters and the optimizer's state, likewise. */
  readonly trained: Trained<P>
  /** Steps taken. */
  readonly steps: number
  /** The loss of the last step's batch, before its update; null before the first step. */
  readonly loss: number | null
  /** What `evaluate` found after this step, where it was asked to. */
  readonly evaluation: Evaluation<M> | null
  /** The settings, as a file has them. */
  readonly run: Run
  /** Frees the tensors; a second call does nothing. */
  readonly dispose: () => void
  /** Is `dispose`, for `using`. */
  readonly [Symbol.dispose]: () => void
}

/** The mean loss and the metrics of a network on some data. */
export type Evaluation<M extends string> = { readonly [K in M | "loss"]: number }

/** What a trained network is made from. */
export type Contents<P, I, Y, T, M extends string, S> = Pick<
  TrainedNetwork<P, I, Y, T, M, S>,
  "network" | "trained" | "loss" | "evaluation" | "run"
>

// --------------------------------------------------------- constructors

/** Owns the tensors from here on. */
export const trainedNetwork = <P, I, Y, T, M extends string, S>({
  network,
  trained,
  run,
  loss,
  evaluation,
}: Contents<P, I, Y, T, M, S>): TrainedNetwork<P, I, Y, T, M, S> => {
  let isFreed = false
  const dispose = (): void => {
    isFreed = true
    tensorScope.release(trained)
  }
  const alive = (): Trained<P> => {
    if (isFreed || tensorsIn(trained).some(({ isDisposed }) => isDisposed))
      throw new TypeError(
        `The parameters of step ${run.steps} are freed, by dispose() or by the next training step. Use those of the last step.`,
      )
    return trained
  }
  return {
    network,
    get params() {
      return alive().params
    },
    get trained() {
      return alive()
    },
    steps: run.steps,
    loss,
    evaluation,
    run,
    dispose,
    // Older browsers have no Symbol.dispose.
    [Symbol.dispose ?? "disposed"]: dispose,
  } as TrainedNetwork<P, I, Y, T, M, S> // the computed name
}
