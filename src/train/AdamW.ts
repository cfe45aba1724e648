/**
 * AdamW as a pure function of parameters, gradients and state, so that a resumed run has the same bits.
 *
 * Loshchilov and Hutter, "Decoupled weight decay regularization" (ICLR 2019), with the gradients clipped to a global
 * norm first. The powers of beta are products made step by step: `beta ** t` has other bits.
 */
import { either as E } from "fp-ts"
import { Params } from "../core/Params.ts"
import { hasKernel, runKernelForAll } from "../tensor/kernels/own.ts"
import { tensorLeaves } from "../tensor/parameterSide.ts"
import { checkInputs } from "../tensor/shapes/inputRules.ts"
import { tf } from "../tensor/tf.ts"

// ---------------------------------------------------------------- model

export interface AdamWConfig {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** On tensors of two and more axes; gains and biases do not decay. */
  readonly weightDecay: number
  /** The largest global norm of the gradients. */
  readonly clip: number
}

/** The state after some steps: both moments, and beta1^t and beta2^t. */
export interface AdamWState<out P> {
  readonly mean: P
  readonly square: P
  readonly beta1Power: number
  readonly beta2Power: number
}

export const AdamW = {
  // -------------------------------------------------------- constructors

  /** What GPT-2's reproductions use. */
  config: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, clip: 1 } satisfies AdamWConfig as AdamWConfig,

  /** Before the first step: zero moments. */
  init: <P>(params: Params<P>, p: P): AdamWState<P> => {
    const zeros = (): P =>
      rebuild(params, new Map(tensorLeaves(params, p).map(([path, leaf]) => [path, tf.zerosLike(leaf)])))
    return { mean: zeros(), square: zeros(), beta1Power: 1, beta2Power: 1 }
  },

  // --------------------------------------------------------- combinators

  /**
   * One step. Borrows everything and returns new tensors; nothing is read from the device. `done` is told of a parameter, its moments and its
   * gradient when they are no longer needed, so that they can be freed before the next ones are made.
   */
  update: <P>(
    config: AdamWConfig,
    params: Params<P>,
    given: { readonly params: P; readonly grads: P; readonly state: AdamWState<P>; readonly learningRate: number },
    done: (old: ReadonlyArray<tf.Tensor>) => void = () => {},
  ): { readonly params: P; readonly state: AdamWState<P> } => {
    const { beta1, beta2, epsilon, weightDecay, clip } = config
    const beta1Power = given.state.beta1Power * beta1
    const beta2Power = given.state.beta2Power * beta2
    const grads = new Map(tensorLeaves(params, given.grads))
    const means = new Map(tensorLeaves(params, given.state.mean))
    const squares = new Map(tensorLeaves(params, given.state.square))
    const next = {
      params: new Map<string, tf.Tensor>(),
      mean: new Map<string, tf.Tensor>(),
      square: new Map<string, tf.Tensor>(),
    }
    const shrink = tf.tidy(() => {
      const norm = tf.sqrt(tf.addN([...grads.values()].map((grad) => tf.tidy(() => tf.sum(tf.square(grad))))))
      return tf.minimum(1, tf.div(clip, tf.add(norm, 1e-6)))
    })
    for (const [path, leaf] of tensorLeaves(params, given.params)) {
      const [mean, square, grad] = [at(means, path), at(squares, path), at(grads, path)]
      const [p, m, v] = moved(
        { p: leaf, m: mean, v: square, grad, shrink },
        {
          ...{ beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, epsilon },
          keep: leaf.rank > 1 ? 1 - given.learningRate * weightDecay : 1,
          rate: given.learningRate / (1 - beta1Power),
          correction: 1 / (1 - beta2Power),
        },
      )
      done([leaf, mean, square, grad])
      next.params.set(path, p)
      next.mean.set(path, m)
      next.square.set(path, v)
    }
    shrink.dispose()
    return {
      params: rebuild(params, next.params),
      state: { mean: rebuild(params, next.mean), square: rebuild(params, next.square), beta1Power, beta2Power },
    }
  },
}

/** A parameter and its moments after the step. */
const moved = (
  { p, m, v, grad, shrink }: Readonly<Record<"p" | "m" | "v" | "grad" | "shrink", tf.Tensor>>,
  numbers: Readonly<Record<"beta1" | "rest1" | "beta2" | "rest2" | "epsilon" | "keep" | "rate" | "correction", number>>,
): readonly [p: tf.Tensor, m: tf.Tensor, v: tf.Tensor] => {
  if (hasKernel("BijouAdamW"))
    return runKernelForAll("BijouAdamW", { p, m, v, grad, shrink }, numbers) as [tf.Tensor, tf.Tensor, tf.Tensor] // its three outputs
  checkInputs("BijouAdamW", { p, m, v, grad, shrink })
  const { beta1, rest1, beta2, rest2, epsilon, keep, rate, correction } = numbers
  return tf.tidy(() => {
    const g = tf.mul(grad, shrink)
    const mean = tf.add(tf.mul(m, beta1), tf.mul(g, rest1))
    const square = tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), rest2))
    const scale = tf.add(tf.sqrt(tf.mul(square, correction)), epsilon)
    const kept = keep === 1 ? p : tf.mul(p, keep)
    return [tf.sub(kept, tf.div(tf.mul(mean, rate), scale)), mean, square] as [tf.Tensor, tf.Tensor, tf.Tensor]
  })
}

const at = (tensors: ReadonlyMap<string, tf.Tensor>, path: string): tf.Tensor => {
  const found = tensors.get(path)
  if (found === undefined) throw new TypeError(`There is no gradient or moment for the parameter ${path}.`)
  return found
}

const rebuild = <P>(params: Params<P>, leaves: ReadonlyMap<string, tf.Tensor>): P => {
  const built = Params.fromLeaves(params, leaves)
  if (E.isLeft(built)) throw built.left
  return built.right
}
