/**
 * The affine map y = x W + b on the last axis.
 */
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { check, dispatch, isImplemented, type Save } from "../tensor/kernels/dispatch.ts"
import { addBias, biasGrad } from "../tensor/kernels/spec/addBias.ts"
import { affine } from "../tensor/kernels/spec/affine.ts"
import { tensor } from "../tensor/values/tensor.ts"
import { tf } from "../tensor/tf.ts"
import { multiply, pullMultiply } from "./multiply.ts"

// ---------------------------------------------------------------- model

/** W and b of y = x W + b. */
export interface LinearParams {
  /** `[inputs, outputs]` */
  readonly weight: tf.Tensor
  /** `[outputs]` */
  readonly bias: tf.Tensor
}

/** The affine map y = x W + b on the last axis. */
export const Linear = {
  // -------------------------------------------------------- constructors

  /** Normal weights of the given deviation, zero bias. */
  params: (inputs: number, outputs: number, deviation = 0.02): Params<LinearParams> =>
    Params.struct<LinearParams>({
      weight: tensor.normal([inputs, outputs], deviation),
      bias: tensor.zeros([outputs]),
    }),

  /** Makes the layer from `[..., inputs]` to `[..., outputs]`. */
  make: (inputs: number, outputs: number, deviation?: number): Layer<LinearParams, tf.Tensor, tf.Tensor> =>
    fromTfjs(Linear.params(inputs, outputs, deviation), Linear.apply),

  // --------------------------------------------------------- combinators

  /** Computes x W + b, from `[..., inputs]` to `[..., outputs]`. */
  apply: ({ weight, bias }: LinearParams, x: tf.Tensor): tf.Tensor => {
    check(affine, { x, weight, bias }, {})
    return isImplemented(addBias) ? fused(x, weight, bias) : multiply(x, weight).add(bias)
  },
}

/** Adds the bias in place; the tape saves x and W. */
const fused = tf.customGrad((...args) => {
  // As tfjs passes them.
  const [x, weight, bias, save] = args as unknown as readonly [tf.Tensor, tf.Tensor, tf.Tensor, Save]
  save([x, weight])
  return {
    value: dispatch(affine, { x, weight, bias }),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [a, w] = saved as [tf.Tensor, tf.Tensor] // as they were kept
      return [...pullMultiply(a, w, dy), dispatch(biasGrad, { dy })]
    },
  }
})
