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

/** The parameters: `up` is W1 and b1, width to hidden; `down` is W2 and b2, hidden to width. */
export interface MlpParams {
  readonly up: LinearParams
  readonly down: LinearParams
}

/** `gelu` uses the exact erf; `geluTanh` is GPT-2's approximation. */
export type Activation = "gelu" | "geluTanh"

/** The two-layer perceptron of a transformer: W2 gelu(W1 x + b1) + b2 on the last axis. */
export const Mlp = {
  // -------------------------------------------------------- constructors

  /** `downDeviation` is the deviation of the output projection, which GPT-2 scales with depth. */
  params: (width: number, hidden: number, downDeviation?: number): Params<MlpParams> =>
    Params.struct<MlpParams>({
      up: Linear.params(width, hidden),
      down: Linear.params(hidden, width, downDeviation),
    }),

  /** Makes the layer on `[..., width]`. */
  make: (width: number, hidden: number, activation: Activation = "gelu"): Layer<MlpParams, tf.Tensor, tf.Tensor> =>
    fromTfjs(Mlp.params(width, hidden), (params, x: tf.Tensor) => Mlp.apply(params, x, activation)),

  // --------------------------------------------------------- combinators

  /** Computes W2 gelu(W1 x + b1) + b2, from `[..., width]` to the same shape. */
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

/**
 * Runs one kernel, and another for the gradient. The tape saves the input and what the first returns for the second.
 */
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
 * Runs the perceptron by the kernels of its parts. Of the tensors as wide as the hidden layer, the tape saves only
 * a = W1 x + b1. gelu(a) is computed again, which costs less than storing it.
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

/** Computes a = x W1 + b1 and its activation. */
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

/** Computes the gradients of activation(a) W2 with respect to a, b1 and W2. May overwrite a. */
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
