/**
 * The two-layer perceptron of a transformer: W2 gelu(W1 x + b1) + b2.
 */
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { check, dispatch, isImplemented, type Save } from "../tensor/kernels/dispatch.ts"
import { addBias, biasGrad } from "../tensor/kernels/spec/addBias.ts"
import { affine } from "../tensor/kernels/spec/affine.ts"
import { biasGelu, biasGeluGrad } from "../tensor/kernels/spec/biasGelu.ts"
import type { GeluForm } from "../tensor/kernels/spec/gelu.ts"
import { mlp, mlpGrad } from "../tensor/kernels/spec/mlp.ts"
import { weightGrad } from "../tensor/kernels/spec/multiply.ts"
import { tf } from "../tensor/tf.ts"
import { activate, gelu, geluTanh } from "./gelu.ts"
import { Linear, type LinearParams } from "./Linear.ts"
import { product, pullMultiply } from "./multiply.ts"

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
    const form = FORMS[activation]
    const [w1, b1, w2, b2] = [up.weight, up.bias, down.weight, down.bias]
    check(mlp, { x, w1, b1, w2, b2 }, { form })
    if (isImplemented(mlp, { form })) return fused(form)(x, w1, b1, w2, b2)
    if (isImplemented(addBias)) return inParts(form)(x, w1, b1, w2, b2)
    return Linear.apply(down, (form === "erf" ? gelu : geluTanh)(Linear.apply(up, x)))
  },
}

const FORMS: Readonly<Record<Activation, GeluForm>> = { gelu: "erf", geluTanh: "tanh" }

/** All of it in one kernel, and its gradient in another; besides its input the tape keeps what the first returns for the second. */
const fused = (form: GeluForm) =>
  tf.customGrad((...args) => {
    // As tfjs passes them.
    const [x, w1, b1, w2, b2, save] = args as unknown as readonly [...Five<tf.Tensor>, Save]
    const [value, a, sum] = dispatch(mlp, { x, w1, b1, w2, b2 }, { form })
    const given = sum === undefined ? [a] : [a, sum]
    save([x, w1, w2, ...given])
    tf.dispose(given)
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, w1, w2, a, sum] = saved as [...Four<tf.Tensor>, tf.Tensor?] // as they were kept
        const kept = sum === undefined ? { a } : { a, sum }
        return [...dispatch(mlpGrad, { x, w1, w2, dy, ...kept }, { form })]
      },
    }
  })

/**
 * The perceptron by the kernels of its parts. The tape keeps a = W1 x + b1 alone of what is as wide as the hidden layer: gelu(a) is computed
 * again, which is cheaper than its memory.
 */
const inParts = (form: GeluForm) =>
  tf.customGrad((...args) => {
    // As tfjs passes them.
    const [x, w1, b1, w2, b2, save] = args as unknown as readonly [...Five<tf.Tensor>, Save]
    const [a, hidden] = activated(form, x, w1, b1)
    save([x, a, w1, w2])
    return {
      value: dispatch(affine, { x: hidden, weight: w2, bias: b2 }),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.tidy(() => {
          const [x, a, w1, w2] = saved as Four<tf.Tensor> // as they were kept
          const [da, db1, dw2] = pullActivated(form, a, w2, dy)
          return [...pullMultiply(x, w1, da), db1, dw2, dispatch(biasGrad, { dy })]
        }),
    }
  })

/** a = x W1 + b1, and its activation. */
const activated = (
  form: GeluForm,
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
): readonly [tf.Tensor, tf.Tensor] => {
  if (isImplemented(biasGelu)) return dispatch(biasGelu, { x: product(x, weight, false), bias }, { form })
  const a = dispatch(affine, { x, weight, bias })
  return [a, tf.tidy(() => activate(a, form))]
}

/** The gradients of the activation of a, times W2, by a, by b1 and by W2; may write over a. */
const pullActivated = (
  form: GeluForm,
  a: tf.Tensor,
  weight: tf.Tensor,
  dy: tf.Tensor,
): readonly [tf.Tensor, tf.Tensor, tf.Tensor] => {
  const [da, db, again] = dispatch(biasGeluGrad, { a, dy: product(dy, weight, true) }, { form })
  return [da, db, tf.tidy(() => dispatch(weightGrad, { x: again ?? activate(a, form), dy }))]
}

type Four<T> = [T, T, T, T]

type Five<T> = readonly [T, T, T, T, T]
