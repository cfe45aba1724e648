/**
 * The affine map y = x W + b on the last axis.
 */
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/fromTfjs.ts"
import { tensor } from "../tensor/tensor.ts"
import type { tf } from "../tensor/tf.ts"

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

  /** The layer `[..., inputs]` to `[..., outputs]`. */
  make: (inputs: number, outputs: number, deviation?: number): Layer<LinearParams, tf.Tensor, tf.Tensor> =>
    fromTfjs(Linear.params(inputs, outputs, deviation), Linear.apply),

  // --------------------------------------------------------- combinators

  /** x W + b, from `[..., inputs]` to `[..., outputs]`. */
  apply: ({ weight, bias }: LinearParams, x: tf.Tensor): tf.Tensor => multiply(x, weight).add(bias),
}

/** x W on the last axis, as one matrix product over all leading axes. */
export const multiply = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor => {
  const [inputs = 1, outputs = 1] = weight.shape
  return x
    .reshape([-1, inputs])
    .matMul(weight.as2D(inputs, outputs))
    .reshape([...x.shape.slice(0, -1), outputs])
}
