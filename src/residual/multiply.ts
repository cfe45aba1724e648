/**
 * Matrix products with a weight and their gradients.
 */
import { check, dispatch, isImplemented, type Save } from "../tensor/kernels/dispatch.ts"
import { multiply as kernel, weightGrad } from "../tensor/kernels/spec/multiply.ts"
import { tf } from "../tensor/tf.ts"

/** Computes x W on the last axis, from `[..., inputs]` to `[..., outputs]`, for W of `[inputs, outputs]`. */
export const multiply = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor => {
  const attributes = { transposed: false }
  check(kernel, { x, weight }, attributes)
  return isImplemented(kernel) ? fused(x, weight) : kernel.composed({ x, weight }, attributes)
}

/** Calls no tfjs operation in between, so that nothing is reshaped. */
const fused = tf.customGrad((...args) => {
  const [x, weight, save] = args as unknown as readonly [tf.Tensor, tf.Tensor, Save] // as tfjs passes them
  save([x, weight])
  return {
    value: product(x, weight, false),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [a, w] = saved as [tf.Tensor, tf.Tensor] // as they were kept
      return [...pullMultiply(a, w, dy)]
    },
  }
})

/** Computes x W or x W^T as one matrix product over all leading axes, for gradients that are written by hand. */
export const product = (x: tf.Tensor, weight: tf.Tensor, transposed: boolean): tf.Tensor =>
  dispatch(kernel, { x, weight }, { transposed })

/** Computes the gradients of x W with respect to x and W. */
export const pullMultiply = (x: tf.Tensor, weight: tf.Tensor, dy: tf.Tensor): readonly [tf.Tensor, tf.Tensor] => [
  product(dy, weight, true),
  dispatch(weightGrad, { x, dy }),
]
