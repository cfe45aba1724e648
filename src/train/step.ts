/**
 * One training step: the forward pass, the reversed backward pass, one read of the evidence, and only then new
 * parameters.
 */
import { function as F, taskEither as TE } from "fp-ts"
import type { Bijection } from "../core/Bijection.ts"
import type { Env } from "../core/Env.ts"
import type { Params } from "../core/Params.ts"
import { tensorScope } from "../tensor/values/tensorScope.ts"
import type { tf } from "../tensor/tf.ts"
import { AdamW, checkAdamW, checkRate, type AdamWConfig, type AdamWState } from "./AdamW.ts"
import { evaluateGradient, refuseUnlessFinite, type BatchGradient } from "./Gradient.ts"
import type { TrainError } from "./TrainError.ts"

// ---------------------------------------------------------------- model

/** What a step starts from and returns. */
export interface Trained<out P> {
  readonly params: P
  readonly state: AdamWState<P>
}

// --------------------------------------------------------- constructors

/**
 * Takes one step of AdamW. On success it frees the given parameters and state and returns new ones. On any error they
 * are unchanged, and no other tensor remains. Throws `RangeError` for invalid settings or an invalid learning rate.
 */
export const trainStep = <P, A, S>(
  net: Bijection<P, A, tf.Tensor, S>,
  trained: Trained<P>,
  a: A,
  env: Env<P>,
  rate: number,
  config: AdamWConfig,
): TE.TaskEither<TrainError, { readonly trained: Trained<P>; readonly loss: number }> => {
  const move = update(net.params, config)
  checkRate(rate)
  return F.pipe(
    evaluateGradient(net, a, env, 1),
    TE.chainW(refuseUnlessFinite(net.params, env.step)),
    TE.map((gradient) => ({ trained: move(trained, gradient, rate), loss: gradient.loss })),
  )
}

// ----------------------------------------------------------- combinators

/** Returns the function that applies one step of AdamW to parameters and gradients. It frees both. */
export const update = <P>(params: Params<P>, config: AdamWConfig) => {
  checkAdamW(config)
  return (
    trained: Trained<P>,
    { grads, norm }: Pick<BatchGradient<P>, "grads" | "norm">,
    learningRate: number,
  ): Trained<P> => {
    const next = tensorScope.within(() =>
      AdamW.update(
        config,
        params,
        { params: trained.params, grads, norm, state: trained.state, learningRate },
        tensorScope.release,
      ),
    )
    tensorScope.release([grads, trained]) // gradients may have leaves that the parameters do not have
    return next
  }
}
