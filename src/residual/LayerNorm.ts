/**
 * Layer normalization over the last axis: (x - mean) / sqrt(variance + 1e-5) * gain + bias. Ba et al. 2016.
 */
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { check, dispatch, isImplemented, type Save } from "../tensor/kernels/dispatch.ts"
import { layerNorm, layerNormGrad } from "../tensor/kernels/spec/layerNorm.ts"
import { tensor } from "../tensor/values/tensor.ts"
import { tf } from "../tensor/tf.ts"

// ---------------------------------------------------------------- model

/** Both `[width]`. */
export interface LayerNormParams {
  readonly gain: tf.Tensor
  readonly bias: tf.Tensor
}

/** Layer normalization on `[..., width]`: (x - mean) / sqrt(variance + 1e-5) * gain + bias. Ba et al. 2016. */
export const LayerNorm = {
  // -------------------------------------------------------- constructors

  /** Gain 1 and bias 0: the layer starts as the plain normalization. */
  params: (width: number): Params<LayerNormParams> =>
    Params.struct<LayerNormParams>({
      gain: tensor.ones([width]),
      bias: tensor.zeros([width]),
    }),

  /** Makes the layer on `[..., width]`. */
  make: (width: number): Layer<LayerNormParams, tf.Tensor, tf.Tensor> =>
    fromTfjs(LayerNorm.params(width), LayerNorm.apply),

  // --------------------------------------------------------- combinators

  /** Normalizes each vector on the last axis of x, `[..., width]`. */
  apply: ({ gain, bias }: LayerNormParams, x: tf.Tensor): tf.Tensor => {
    check(layerNorm, { x, gain, bias }, {})
    return isImplemented(layerNorm) ? fused(x, gain, bias) : layerNorm.composed({ x, gain, bias }, {})[0]
  },
}

/**
 * Runs one kernel, and another for the gradient, which computes the moments again unless the first has returned y and
 * r.
 */
const fused = tf.customGrad((...args) => {
  // As tfjs passes them.
  const [x, gain, bias, save] = args as unknown as readonly [tf.Tensor, tf.Tensor, tf.Tensor, Save]
  const [value, y, r] = dispatch(layerNorm, { x, gain, bias })
  const given = y === undefined || r === undefined ? [x] : [y, r]
  save([gain, ...given])
  tf.dispose([y, r])
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [g, xOrY, r] = saved as [tf.Tensor, tf.Tensor, tf.Tensor?] // as they were kept
      const kept = r === undefined ? { x: xOrY } : { y: xOrY, r }
      return [...dispatch(layerNormGrad, { ...kept, gain: g, dy })]
    },
  }
})
