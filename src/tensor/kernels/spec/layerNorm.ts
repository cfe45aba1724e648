/**
 * Layer normalization over the last axis, and its gradient (Ba et al. 2016).
 *
 * With y = (x - mean) r, r = 1 / sqrt(variance + 1e-5) and d = dy gain,
 *
 *     value = y gain + bias
 *     dx = r (d - mean(d) - y mean(d y)),   dgain = sum of dy y over rows,   dbias = sum of dy over rows
 */
import { tf } from "../../tf.ts"
import { asRows } from "./asRows.ts"
import { fitting, leading, rowwise, widthOf } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, fresh, isStock, makesAll, rowsOf } from "./Outcome.ts"

// ---------------------------------------------------------------- model

/** The inputs. `x` is `[..., width]`; `gain` and `bias` are `[width]`. */
interface Inputs {
  readonly x: One
  readonly gain: One
  readonly bias: One
}

/**
 * The inputs of the gradient. `dy` is `[..., width]`. The forward pass is given as `x`, or as the `y` and `r` that the
 * kernel returned.
 */
interface GradientInputs {
  readonly x?: One
  readonly y?: One
  readonly r?: One
  readonly gain: One
  readonly dy: One
}

/**
 * Above this width the mean is subtracted twice, because a float32 mean of that many numbers is not accurate enough.
 */
export const LONG = 4096

// ------------------------------------------------------------ instances

/** Computes the value, and also y and r where they make the gradient cheaper. */
export const layerNorm: Kernel<Inputs, {}, readonly [value: One, y?: One, r?: One]> = {
  name: "BijouLayerNorm",
  layer: "LayerNorm",
  check: (call) => void rowwise(call, "x", "gain", "bias"),
  outcome: ({ x }, _attributes, target) =>
    isStock(target) ? makesAll(like(x), like(x), fresh([...leading(x), 1])) : makesAll(like(x)),
  composed: ({ x, gain, bias }) => [normalized(x).mul(gain).add(bias)],
}

/** Computes the gradients with respect to x, gain and bias. */
export const layerNormGrad: Kernel<GradientInputs, {}, readonly [dx: One, dgain: One, dbias: One]> = {
  name: "BijouLayerNormGrad",
  layer: "The gradient of LayerNorm",
  check: (call) => {
    const dy = rowwise(call, "dy", "gain")
    if (call.inputs.r === undefined) return void fitting(call, "x", dy.shape, "dy")
    fitting(call, "y", dy.shape, "dy")
    fitting(call, "r", [...leading(dy), 1], "dy")
  },
  outcome: ({ dy }) => {
    const [, width] = rowsOf(dy.shape)
    return makesAll(like(dy), fresh([width]), fresh([width]))
  },
  composed: ({ gain, dy, ...forward }) =>
    tf.tidy(() => {
      const { y, r } = momentsOf(forward)
      const d = tf.mul(dy, gain)
      return [gradientOf(d, y, r), asRows(tf.mul(dy, y)).sum(0), asRows(dy).sum(0)] as const
    }),
}

/** Computes y = (x - mean) r, with a custom gradient that saves y and r. */
const normalized = tf.customGrad((x, save) => {
  const keep = save as unknown as (tensors: tf.Tensor[]) => void // tfjs passes its save function after the inputs
  const { y, r } = moments(x as tf.Tensor) // the only input
  keep([y, r])
  return {
    value: y,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [y, r] = saved as [tf.Tensor, tf.Tensor] // in the order of `keep`
      return gradientOf(dy, y, r)
    },
  }
})

const gradientOf = (d: tf.Tensor, y: tf.Tensor, r: tf.Tensor): tf.Tensor =>
  tf.mul(r, tf.sub(withoutMean(d), tf.mul(y, tf.mean(tf.mul(d, y), -1, true))))

const moments = (x: tf.Tensor): { readonly y: tf.Tensor; readonly r: tf.Tensor } => {
  const centered = withoutMean(x)
  const r = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), 1e-5))
  return { y: tf.mul(centered, r), r }
}

const momentsOf = (forward: { readonly x?: tf.Tensor; readonly y?: tf.Tensor; readonly r?: tf.Tensor }) => {
  const { x, y, r } = forward
  if (y !== undefined && r !== undefined) return { y, r }
  if (x === undefined) throw new TypeError("The gradient of LayerNorm requires x, or y and r.")
  return moments(x)
}

/**
 * Subtracts the mean of each row. A float32 mean of many numbers is not accurate, so the mean of the difference is
 * subtracted as well, as in the kernels.
 */
const withoutMean = (x: tf.Tensor): tf.Tensor => {
  const less = (from: tf.Tensor) => tf.sub(from, tf.mean(from, -1, true))
  return widthOf(x) > LONG ? less(less(less(x))) : less(x)
}
