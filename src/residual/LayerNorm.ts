/**
 * Layer normalisation over the last axis: (x - mean) / sqrt(variance + 1e-5) * gain + bias. Ba et al. 2016.
 */
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/fromTfjs.ts"
import { hasKernel, runKernelForAll, type Save } from "../tensor/kernels/own.ts"
import { tensor } from "../tensor/tensor.ts"
import { LONG } from "../tensor/kernels/wasm/rows.ts"
import { checkInputs } from "../tensor/shapes/inputRules.ts"
import { tf } from "../tensor/tf.ts"

// ---------------------------------------------------------------- model

/** Both `[width]`. */
export interface LayerNormParams {
  readonly gain: tf.Tensor
  readonly bias: tf.Tensor
}

/** Layer normalisation on `[..., width]`: (x - mean) / sqrt(variance + 1e-5) * gain + bias. Ba et al. 2016. */
export const LayerNorm = {
  // -------------------------------------------------------- constructors

  /** Gain 1 and bias 0: the layer starts as the bare normalisation. */
  params: (width: number): Params<LayerNormParams> =>
    Params.struct<LayerNormParams>({
      gain: tensor.ones([width]),
      bias: tensor.zeros([width]),
    }),

  /** The layer on `[..., width]`. */
  make: (width: number): Layer<LayerNormParams, tf.Tensor, tf.Tensor> =>
    fromTfjs(LayerNorm.params(width), LayerNorm.apply),

  // --------------------------------------------------------- combinators

  /** Normalises each vector on the last axis of x, `[..., width]`. */
  apply: ({ gain, bias }: LayerNormParams, x: tf.Tensor): tf.Tensor => {
    checkInputs("BijouLayerNorm", { x, gain, bias })
    return hasKernel("BijouLayerNorm") ? fused(x, gain, bias) : normalised(x).mul(gain).add(bias)
  },
}

/** All of it in one kernel, and its gradient in another, which computes the moments again unless the first has given y and r (see `normalised`). */
const fused = tf.customGrad((...args) => {
  const [x, gain, bias, save] = args as unknown as readonly [tf.Tensor, tf.Tensor, tf.Tensor, Save] // as tfjs passes them
  const [value, ...given] = runKernelForAll("BijouLayerNorm", { x, gain, bias }) as [tf.Tensor, ...tf.Tensor[]] // its outputs
  save([gain, ...(given.length > 0 ? given : [x])])
  tf.dispose(given)
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [g, xOrY, r] = saved as [tf.Tensor, tf.Tensor, tf.Tensor?] // as they were kept
      const kept = r === undefined ? { x: xOrY } : { y: xOrY, r }
      return [...runKernelForAll("BijouLayerNormGrad", { ...kept, gain: g, dy })]
    },
  }
})

/** y = (x - mean) r with r = 1 / sqrt(variance + eps); dx = r (dy - mean(dy) - y mean(dy y)). */
const normalised = tf.customGrad((x, save) => {
  const keep = save as unknown as (tensors: tf.Tensor[]) => void // tfjs passes its own function behind the inputs
  const centred = withoutMean(x as tf.Tensor) // the one input
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-5))
  const value = tf.mul(centred, scale)
  keep([value, scale])
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [y, r] = saved as [tf.Tensor, tf.Tensor] // in the order of `keep`
      const along = tf.mul(y, tf.mean(tf.mul(dy, y), -1, true))
      return tf.mul(r, tf.sub(withoutMean(dy), along))
    },
  }
})

/** Each row less its mean. A float32 mean of many numbers lacks digits; what is left has a mean of its own, taken off twice, as in the kernels. */
const withoutMean = (x: tf.Tensor): tf.Tensor => {
  const less = (from: tf.Tensor) => tf.sub(from, tf.mean(from, -1, true))
  return (x.shape.at(-1) ?? 1) > LONG ? less(less(less(x))) : less(x)
}
