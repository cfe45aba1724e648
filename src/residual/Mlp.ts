/**
 * The two-layer perceptron of a transformer: W2 gelu(W1 x + b1) + b2.
 */
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/fromTfjs.ts"
import { hasKernel, runKernelForAll, type Save } from "../tensor/kernels/own.ts"
import { checkInputs } from "../tensor/shapes/inputRules.ts"
import { tf } from "../tensor/tf.ts"
import { byErf, byTanh, gelu, geluTanh, type Activating } from "./gelu.ts"
import { Linear, type LinearParams } from "./Linear.ts"
import { affine, biasGrad, product, pullMultiply, weightGrad } from "./multiply.ts"

// ---------------------------------------------------------------- model

/** `up` is W1 and b1, width to hidden; `down` is W2 and b2, hidden to width. */
export interface MlpParams {
  readonly up: LinearParams
  readonly down: LinearParams
}

/** `gelu`: with the exact erf; `geluTanh`: GPT-2's approximation. */
export type Activation = "gelu" | "geluTanh"

/** The two-layer perceptron of a transformer: W2 gelu(W1 x + b1) + b2 on the last axis. */
export const Mlp = {
  // -------------------------------------------------------- constructors

  /** `downDeviation` scales the weights of the way back to the stream, as GPT-2 does with depth. */
  params: (width: number, hidden: number, downDeviation?: number): Params<MlpParams> =>
    Params.struct<MlpParams>({
      up: Linear.params(width, hidden),
      down: Linear.params(hidden, width, downDeviation),
    }),

  /** The layer on `[..., width]`. */
  make: (width: number, hidden: number, activation: Activation = "gelu"): Layer<MlpParams, tf.Tensor, tf.Tensor> =>
    fromTfjs(Mlp.params(width, hidden), (params, x: tf.Tensor) => Mlp.apply(params, x, activation)),

  // --------------------------------------------------------- combinators

  /** W2 gelu(W1 x + b1) + b2, from `[..., width]` to the same shape. */
  apply: ({ up, down }: MlpParams, x: tf.Tensor, activation: Activation = "gelu"): tf.Tensor => {
    checkInputs("BijouMlp", { x, w1: up.weight, b1: up.bias, w2: down.weight, b2: down.bias })
    const form = FORMS[activation]
    const whole = hasKernel(form.whole[0])
    return whole || hasKernel("BijouAddBias")
      ? (whole ? one : fused)(form)(x, up.weight, up.bias, down.weight, down.bias)
      : Linear.apply(down, form.taped(Linear.apply(up, x)))
  },
}

/** An activation, and the kernels that compute it together with what stands beside it, which a backend need not have. */
interface Form extends Activating {
  readonly taped: (x: tf.Tensor) => tf.Tensor
  /** x + b and its activation, and their gradients. */
  readonly bias: readonly [forth: string, back: string]
  /** The whole perceptron, and its gradients. */
  readonly whole: readonly [forth: string, back: string]
}

const FORMS: Readonly<Record<Activation, Form>> = {
  gelu: {
    ...byErf,
    taped: gelu,
    bias: ["BijouBiasGelu", "BijouBiasGeluGrad"],
    whole: ["BijouMlp", "BijouMlpGrad"],
  },
  geluTanh: {
    ...byTanh,
    taped: geluTanh,
    bias: ["BijouBiasGeluTanh", "BijouBiasGeluTanhGrad"],
    whole: ["BijouMlpTanh", "BijouMlpTanhGrad"],
  },
}

/** All of it in one kernel, and its gradient in another; besides its input the tape keeps what the first gives for the second. */
const one = ({ whole: [forth, back] }: Form) =>
  tf.customGrad((...args) => {
    // As tfjs passes them.
    const [x, w1, b1, w2, b2, save] = args as unknown as readonly [...Five<tf.Tensor>, Save]
    const [value, ...given] = runKernelForAll(forth, { x, w1, b1, w2, b2 }) as [tf.Tensor, ...tf.Tensor[]] // its outputs
    save([x, w1, w2, ...given])
    tf.dispose(given)
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, w1, w2, a, sum] = saved as [...Four<tf.Tensor>, tf.Tensor?] // as they were kept
        const kept = sum === undefined ? { a } : { a, sum }
        return [...runKernelForAll(back, { x, w1, w2, dy, ...kept })]
      },
    }
  })

/** The tape keeps a = W1 x + b1 alone of what is as wide as the hidden layer: gelu(a) is computed again, which is cheaper than its memory. */
const fused = (form: Form) =>
  tf.customGrad((...args) => {
    // As tfjs passes them.
    const [x, w1, b1, w2, b2, save] = args as unknown as readonly [...Five<tf.Tensor>, Save]
    const [a, hidden] = activate(form, x, w1, b1)
    save([x, a, w1, w2])
    return {
      value: affine(hidden, w2, b2),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.tidy(() => {
          const [x, a, w1, w2] = saved as Four<tf.Tensor> // as they were kept
          const [da, db1, dw2] = pullActivated(form, a, w2, dy)
          return [...pullMultiply(x, w1, da), db1, dw2, biasGrad(dy)]
        }),
    }
  })

/** a = x W1 + b1, and its activation. */
const activate = (
  { value, bias: [biased] }: Form,
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
): Two<tf.Tensor> => {
  if (hasKernel(biased)) return runKernelForAll(biased, { x: product(x, weight, false), bias }) as Two<tf.Tensor> // it has two outputs
  const a = affine(x, weight, bias)
  return [a, tf.tidy(() => value(a))]
}

/** The gradients of the activation of a, times W2, by a, by b1 and by W2; uses a up. */
const pullActivated = (
  { value, pull, bias: [, biased] }: Form,
  a: tf.Tensor,
  weight: tf.Tensor,
  dy: tf.Tensor,
): readonly [...Three<tf.Tensor>] => {
  const weightGradOf = (activated?: tf.Tensor) => tf.tidy(() => weightGrad(activated ?? value(a), dy))
  const back = product(dy, weight, true)
  if (!hasKernel(biased)) {
    const da = tf.tidy(() => pull(a, back))
    return [da, biasGrad(da), weightGradOf()]
  }
  // The third output is one that a backend need not have: gelu(a), written over a.
  const [da, db, activated] = runKernelForAll(biased, { x: a, dy: back }) as readonly [...Two<tf.Tensor>, tf.Tensor?]
  return [da, db, weightGradOf(activated)]
}

type Two<T> = readonly [T, T]

type Three<T> = readonly [T, T, T]

type Four<T> = [T, T, T, T]

type Five<T> = readonly [T, T, T, T, T]
