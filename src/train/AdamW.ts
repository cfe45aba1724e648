/**
 * AdamW as a pure function of parameters, gradients and state, so that a resumed run computes the same bits.
 *
 * Loshchilov and Hutter, "Decoupled weight decay regularization" (ICLR 2019). The gradients are first clipped to a
 * global norm. The powers of beta are updated by one multiplication per step, because `beta ** t` gives other bits. If
 * the ratio of the norm to `clip` does not fit float32, the gradients are first scaled by a power of two.
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
  /** In [0, 1). */
  readonly beta1: number
  /** In [0, 1). */
  readonly beta2: number
  /** Positive. */
  readonly epsilon: number
  /** Applied to tensors with two or more axes. Gains and biases do not decay. */
  readonly weightDecay: number
  /**
   * The largest global norm of the gradients, at most 2^63, so that their squares are finite. A large value never
   * clips.
   */
  readonly clip: number
}

/** The optimizer state after some steps: both moments, beta1^t and beta2^t. */
export interface AdamWState<out P> {
  readonly mean: P
  readonly square: P
  readonly beta1Power: number
  readonly beta2Power: number
}

/** Throws `RangeError` for invalid settings. The message names the first invalid one. */
export const checkAdamW = ({ beta1, beta2, epsilon, weightDecay, clip }: AdamWConfig): void => {
  checkNumber("beta1", beta1, beta1 >= 0 && beta1 < 1, "of at least 0 and below 1")
  checkNumber("beta2", beta2, beta2 >= 0 && beta2 < 1, "of at least 0 and below 1")
  checkNumber("epsilon", epsilon, epsilon >= 2 ** -126, "of at least 2^-126")
  checkNumber("weightDecay", weightDecay, weightDecay >= 0, "of at least 0")
  checkNumber("clip", clip, clip >= 2 ** -63 && clip <= 2 ** 63, "from 2^-63 to 2^63 (1e9 never clips)")
}

/** Throws `RangeError` for an invalid learning rate. */
export const checkRate = (rate: number): void => checkNumber("The learning rate", rate, rate >= 0, "of at least 0")

/** Throws `RangeError` unless the number is finite and `holds` is true. */
export const checkNumber = (name: string, value: number, holds: boolean, range: string): void => {
  if (!holds || !Number.isFinite(value)) throw new RangeError(`${name} must be a number ${range}, not ${value}.`)
}

/** The optimizer AdamW: its usual settings, its first state, and one step. */
export const AdamW = {
  // -------------------------------------------------------- constructors

  /** The settings that reproductions of GPT-2 use. */
  config: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, clip: 1 } satisfies AdamWConfig as AdamWConfig,

  /** Returns the state before the first step, with zero moments. */
  init: <P>(params: Params<P>, p: P): AdamWState<P> => {
    const zeros = (): P =>
      rebuild(params, new Map(tensorLeaves(params, p).map(([path, leaf]) => [path, tf.zerosLike(leaf)])))
    return { mean: zeros(), square: zeros(), beta1Power: 1, beta2Power: 1 }
  },

  // --------------------------------------------------------- combinators

  /**
   * Takes one step. It borrows all its arguments, returns new tensors and reads nothing from the device. It calls
   * `done` with each parameter, its moments and its gradient when they are no longer needed, so that the caller can
   * free them before the next ones are allocated. Throws `RangeError` for an invalid norm or invalid settings.
   */
  update: <P>(
    config: AdamWConfig,
    params: Params<P>,
    given: {
      readonly params: P
      readonly grads: P
      /** The global norm of the gradients, as computed by `gradientNorm`. */
      readonly norm: number
      readonly state: AdamWState<P>
      readonly learningRate: number
    },
    done: (old: ReadonlyArray<tf.Tensor>) => void = () => {},
  ): { readonly params: P; readonly state: AdamWState<P> } => {
    checkAdamW(config)
    checkNumber("The norm of the gradients", given.norm, given.norm >= 0, "of at least 0")
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

/**
 * Returns the factor that clips gradients of this norm to a norm of at most `clip`. It applies to gradients after
 * `scaled`.
 */
const clipped = (
  norm: number,
  clip: number,
): { readonly shrink: tf.Tensor; readonly scaled: (grad: tf.Tensor) => tf.Tensor } => {
  // Up to this norm, the squares and their sum are finite in float32.
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
  if (found === undefined) throw new TypeError(`The parameter ${path} has no gradient or moment.`)
  return found
}

const rebuild = <P>(params: Params<P>, leaves: ReadonlyMap<string, tf.Tensor>): P =>
  orThrow(Params.fromLeaves(params, leaves))
