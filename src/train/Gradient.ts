/**
 * The loss of a network and its gradients by parameter.
 */
import { either as E, function as F, type taskEither as TE } from "fp-ts"
import type { GradientNotFinite } from "../core/errors/GradientNotFinite.ts"
import type { Bijection } from "../core/Bijection.ts"
import type { Env } from "../core/Env.ts"
import type { Params } from "../core/Params.ts"
import { attempt, run, type Program } from "../core/Program.ts"
import { checkGradients } from "../tensor/ops/checkGradients.ts"
import { expectFinite } from "../tensor/values/expectFinite.ts"
import { tensorScope } from "../tensor/values/tensorScope.ts"
import { tf } from "../tensor/tf.ts"
import { LossNotFinite } from "./errors/LossNotFinite.ts"
import { gradientNorm } from "./gradientNorm.ts"
import type { TrainError } from "./TrainError.ts"

// ---------------------------------------------------------------- model

/** A loss read from the device, and its gradients as tensors. */
export interface Gradient<out P> {
  readonly loss: number
  readonly grads: P
}

/** The mean loss of a batch and its gradients with their global norm. All are finite. */
export interface BatchGradient<out P> extends Gradient<P> {
  readonly norm: number
}

// --------------------------------------------------------- constructors

/**
 * Returns the loss of a network and its gradients by parameter. Everything else that the backward pass allocated is
 * freed. It claims that every gradient is finite: `GradientNotFinite` names the first that is not.
 */
export const lossAndGrads =
  <P, A, S>(net: Bijection<P, A, tf.Tensor, S>, a: A): Program<P, { readonly loss: tf.Tensor; readonly grads: P }> =>
  (env) =>
    F.pipe(
      weighted(net, a, 1)(env),
      E.map((gradient) => {
        expectFinite(env, net.params, gradient.grads)
        return gradient
      }),
    )

/** Returns the loss and `weight` times its gradients. It makes no claim about them. */
export const weighted =
  <P, A, S>(
    net: Bijection<P, A, tf.Tensor, S>,
    a: A,
    weight: number,
  ): Program<P, { readonly loss: tf.Tensor; readonly grads: P }> =>
  (env) =>
    F.pipe(
      net.forward(a)(env),
      E.chain(([value, side]) => {
        const loss = value.clone()
        return F.pipe(
          net.pullback(value, side, tf.fill(value.shape, weight))(env),
          E.chain(({ input, cotangent, grads }) =>
            attempt<P, { readonly loss: tf.Tensor; readonly grads: P }>(() => {
              checkGradients(net.params, env.params, grads)
              env.scope.release([input, cotangent])
              return { loss, grads }
            })(env),
          ),
        )
      }),
    )

/**
 * Returns `weight` times the gradients, and the loss after reading it and all evidence. Borrows `a`. After an error no
 * tensor remains.
 */
export const evaluateGradient =
  <P, A, S>(
    net: Bijection<P, A, tf.Tensor, S>,
    a: A,
    env: Env<P>,
    weight: number,
  ): TE.TaskEither<TrainError, Gradient<P>> =>
  async () => {
    const result = await run(weighted(net, a, weight))(env)()
    if (E.isLeft(result)) return result
    const { loss, grads } = result.right
    const [value = NaN] = await loss.data()
    loss.dispose()
    if (Number.isFinite(value)) return E.right({ loss: value, grads })
    tensorScope.release(grads)
    return E.left(new LossNotFinite({ step: env.step, value }))
  }

// ----------------------------------------------------------- combinators

/**
 * Reads the norm of the gradients and adds it. If a gradient is not finite, frees all of them and returns the error.
 */
export const refuseUnlessFinite =
  <P>(params: Params<P>, step: number) =>
  (gradient: Gradient<P>): TE.TaskEither<GradientNotFinite, BatchGradient<P>> =>
  async () => {
    const norm = await gradientNorm(params, gradient.grads, step)()
    if (E.isRight(norm)) return E.right({ ...gradient, norm: norm.right })
    tensorScope.release(gradient.grads)
    return norm
  }

/** Adds losses and gradients, leaf by leaf, and frees the terms. */
export const addGradients =
  <P>(params: Params<P>) =>
  (x: Gradient<P>, y: Gradient<P>): Gradient<P> => {
    const grads = tensorScope.within(() => params.add(x.grads, y.grads))
    tensorScope.release([x.grads, y.grads])
    return { loss: x.loss + y.loss, grads }
  }
