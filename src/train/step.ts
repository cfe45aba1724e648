/**
 * One training step: forward, the reversed sweep, one read of the evidence, and only then new parameters.
 */
import { either as E, function as F, type taskEither as TE } from "fp-ts"
import type { Bijection } from "../core/Bijection.ts"
import type { Env } from "../core/Env.ts"
import type { Params } from "../core/Params.ts"
import { run, type Program } from "../core/Program.ts"
import { isRevError, type RevError } from "../core/RevError.ts"
import { tensorScope } from "../tensor/tensorScope.ts"
import { tf } from "../tensor/tf.ts"
import { AdamW, type AdamWConfig, type AdamWState } from "./AdamW.ts"
import { LossNotFinite } from "./errors/LossNotFinite.ts"

// ---------------------------------------------------------------- model

/** What a step starts from and ends in. */
export interface Trained<out P> {
  readonly params: P
  readonly state: AdamWState<P>
}

/** What a training step can end in. */
export type TrainError = RevError | LossNotFinite

// --------------------------------------------------------- constructors

/** The loss of a network and its gradients by parameter; all that the way back needs is freed when it ends. */
export const lossAndGrads =
  <P, A, S>(net: Bijection<P, A, tf.Tensor, S>) =>
  (a: A): Program<P, { readonly loss: tf.Tensor; readonly grads: P }> =>
  (env) =>
    F.pipe(
      net.forward(a)(env),
      E.chain(([value, side]) => {
        const loss = value.clone()
        return F.pipe(
          net.pullback(value, side, tf.onesLike(value))(env),
          E.map(({ input, cotangent, grads }) => {
            env.scope.release([input, cotangent])
            return { loss, grads }
          }),
        )
      }),
    )

/**
 * Takes one step of AdamW. On any error the given parameters and state are as they were, and nothing else is left; on
 * success they are freed and new ones returned.
 */
export const trainStep =
  <P, A, S>(net: Bijection<P, A, tf.Tensor, S>, config: AdamWConfig) =>
  (
    trained: Trained<P>,
    a: A,
    env: Env<P>,
    rate: number,
  ): TE.TaskEither<TrainError, { readonly trained: Trained<P>; readonly loss: number }> =>
  async () => {
    const result = await run(lossAndGrads(net)(a))(env)()
    if (E.isLeft(result)) return result
    const { loss, grads } = result.right
    const [value = NaN] = await loss.data()
    if (!Number.isFinite(value)) {
      tensorScope.release([loss, grads])
      return E.left(new LossNotFinite({ step: env.step, value }))
    }
    const next = update(net.params, config, trained, grads, rate)
    tensorScope.release([loss, grads, trained])
    return E.right({ trained: next, loss: value })
  }

const update = <P>(
  params: Params<P>,
  config: AdamWConfig,
  trained: Trained<P>,
  grads: P,
  learningRate: number,
): Trained<P> =>
  tensorScope.within(() =>
    AdamW.update(config, params, { params: trained.params, grads, state: trained.state, learningRate }),
  )

/** Tells a `TrainError` from any other value. */
export const isTrainError = (error: unknown): error is TrainError => isRevError(error) || error instanceof LossNotFinite
