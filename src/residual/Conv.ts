/**
 * Convolution over images, with zero padding that preserves their size.
 */
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { tensor } from "../tensor/values/tensor.ts"
import { tf } from "../tensor/tf.ts"

// ---------------------------------------------------------------- model

/** A square filter per pair of input and output channel, and a bias per output channel. */
export interface ConvParams {
  /** `[size, size, inputs, outputs]` */
  readonly filter: tf.Tensor
  /** `[outputs]` */
  readonly bias: tf.Tensor
}

/** Convolution of stride 1 over images, with zero padding that preserves their size. */
export const Conv = {
  // -------------------------------------------------------- constructors

  /** Normal filters of variance 2 / fan-in (He et al. 2015), zero bias. */
  params: (size: number, inputs: number, outputs: number): Params<ConvParams> =>
    Params.struct<ConvParams>({
      filter: tensor.normal([size, size, inputs, outputs], Math.sqrt(2 / (size * size * inputs))),
      bias: tensor.zeros([outputs]),
    }),

  /** Makes the layer from `[batch, height, width, inputs]` to `[batch, height, width, outputs]`. */
  make: (size: number, inputs: number, outputs: number): Layer<ConvParams, tf.Tensor, tf.Tensor> =>
    fromTfjs(Conv.params(size, inputs, outputs), Conv.apply),

  // --------------------------------------------------------- combinators

  /** Convolves x, `[batch, height, width, inputs]`, to `[batch, height, width, outputs]`. */
  apply: ({ filter, bias }: ConvParams, x: tf.Tensor): tf.Tensor =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same").add(bias), // four axes each, as documented
}
