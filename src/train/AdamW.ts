/**
 * AdamW as a pure function of parameters, gradients and state, so that a resumed run has the same bits.
 *
 * Loshchilov and Hutter, "Decoupled weight decay regularization" (ICLR 2019), with the gradients clipped to a global
 * norm first. The powers of beta are products made step by step: `beta ** t` has other bits. Gradients so large that their norm over `clip`
 * leaves float32 are scaled by a power of two first.
 */
import { Params } from "../core/Params.ts"
import { dispatch } from "../tensor/kernels/dispatch.ts"
import { adamW } from "../tensor/kernels/spec/adamW.ts"
import { tensorLeaves } from "../tensor/values/parameterSide.ts"
import { tf } from "../tensor/tf.ts"
import { exponentOf } from "./gradientNorm.ts"
import { orThrow } from "../core/orThrow.ts"

// ---------------------------------------------------------------- model

export interface AdamWConfig {
  /** From 0 on, below 1. */
  readonly beta1: number
  /** From 0 on, below 1. */
  readonly beta2: number
  /** Above 0. */
  readonly epsilon: number
  /** On tensors of two and more axes; gains and biases do not decay. */
  readonly weightDecay: number
  /** The largest global norm of the gradients, at most 2^63, so that their squares are finite. A large one never clips. */
  readonly clip: number
}

/** The state after some steps: both moments, and beta1^t and beta2^t. */
export interface AdamWState<out P> {
  readonly mean: P
  readonly square: P
  readonly beta1Power: number
  readonly beta2Power: number
}

/** Throws `RangeError` for settings with which a step would be none: it names the first that is wrong. */
export const checkAdamW = ({ beta1, beta2, epsilon, weightDecay, clip }: AdamWConfig): void => {
  checkNumber("beta1", beta1, beta1 >= 0 && beta1 < 1, "from 0 on, below 1")
  checkNumber("beta2", beta2, beta2 >= 0 && beta2 < 1, "from 0 on, below 1")
  checkNumber("epsilon", epsilon, epsilon >= 2 ** -126, "of at least 2^-126")
  checkNumber("weightDecay", weightDecay, weightDecay >= 0, "from 0 on")
  checkNumber("clip", clip, clip >= 2 ** -63 && clip <= 2 ** 63, "from 2^-63 to 2^63: 1e9 is one that never clips")
}

/** Throws `RangeError` for a learning rate that is none. */
export const checkRate = (rate: number): void => checkNumber("The learning rate", rate, rate >= 0, "from 0 on")

/** Throws `RangeError` unless the number is finite and `holds`. */
export const checkNumber = (name: string, value: number, holds: boolean, range: string): void => {
  if (!holds || !Number.isFinite(value)) throw new RangeError(`${name} must be a number ${range}, not ${value}.`)
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
   * gradient when they are no longer needed, so that they can be freed before the next ones are made. Throws `RangeError` for a norm or settings
   * with which it would be no step.
   */
  update: <P>(
    config: AdamWConfig,
    params: Params<P>,
    given: {
      readonly params: P
      readonly grads: P
      /** The gradients' global norm, as `gradientNorm` finds it. */
      readonly norm: number
      readonly state: AdamWState<P>
      readonly learningRate: number
    },
    done: (old: ReadonlyArray<tf.Tensor>) => void = () => {},
  ): { readonly params: P; readonly state: AdamWState<P> } => {
    checkAdamW(config)
    checkNumber("The norm of the gradients", given.norm, given.norm >= 0, "from 0 on")
    checkRate(given.learningRate)
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
    const { shrink, scaled } = clipped(given.norm, clip)
    for (const [path, leaf] of tensorLeaves(params, given.params)) {
      const [mean, square, grad] = [at(means, path), at(squares, path), at(grads, path)]
      const g = scaled(grad)
      const [p, m, v] = dispatch(
        adamW,
        { p: leaf, m: mean, v: square, grad: g, shrink },
        {
          ...{ beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, epsilon },
          keep: leaf.rank > 1 ? 1 - given.learningRate * weightDecay : 1,
          rate: given.learningRate / (1 - beta1Power),
          correction: 1 / (1 - beta2Power),
        },
      )
      if (g !== grad) g.dispose()
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

/** What gradients of this norm are multiplied by, after they are `scaled`, so that their norm is `clip` at most. */
const clipped = (
  norm: number,
  clip: number,
): { readonly shrink: tf.Tensor; readonly scaled: (grad: tf.Tensor) => tf.Tensor } => {
  // Up to here squares are finite in float32, and their sum was.
  if (norm <= 2 ** 64)
    return {
      shrink: tf.tidy(() => tf.minimum(1, tf.div(clip, tf.add(tf.scalar(norm), 1e-6)))),
      scaled: (grad) => grad,
    }
  const scale = 2 ** -exponentOf(norm)
  return { shrink: tf.scalar(clip / (norm * scale)), scaled: (grad) => tf.mul(grad, scale) }
}

const at = (tensors: ReadonlyMap<string, tf.Tensor>, path: string): tf.Tensor => {
  const found = tensors.get(path)
  if (found === undefined) throw new TypeError(`There is no gradient or moment for the parameter ${path}.`)
  return found
}

const rebuild = <P>(params: Params<P>, leaves: ReadonlyMap<string, tf.Tensor>): P =>
  orThrow(Params.fromLeaves(params, leaves))
