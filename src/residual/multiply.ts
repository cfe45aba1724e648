/**
 * Products with a weight, and their gradients.
 */
import { hasKernel, runKernel, type Save } from "../tensor/kernels/own.ts"
import { checkInputs } from "../tensor/shapes/inputRules.ts"
import { tf } from "../tensor/tf.ts"

/** x W on the last axis, from `[..., inputs]` to `[..., outputs]`, for W of `[inputs, outputs]`. */
export const multiply = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor => {
  checkInputs("BijouMultiply", { x, weight })
  return hasKernel("BijouMultiply") ? fused(x, weight) : product(x, weight, false)
}

/** No tfjs operation in between, so that nothing is reshaped. */
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

/** x W, or x W^T, as one product over all leading axes; for use where a gradient is written by hand. */
export const product = (x: tf.Tensor, weight: tf.Tensor, transposed: boolean): tf.Tensor => {
  if (hasKernel("BijouMultiply")) return runKernel("BijouMultiply", { x, weight }, { transposed: transposed ? 1 : 0 })
  const outputs = weight.shape[transposed ? 0 : 1] ?? 1
  return tf.tidy(() => tf.matMul(rows(x), weight, false, transposed).reshape([...x.shape.slice(0, -1), outputs]))
}

/** x W + b; for use where a gradient is written by hand. */
export const affine = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
  hasKernel("BijouAffine")
    ? runKernel("BijouAffine", { x, weight, bias })
    : runKernel("BijouAddBias", { x: product(x, weight, false), bias })

/** The gradients of x W by x and by W. */
export const pullMultiply = (x: tf.Tensor, weight: tf.Tensor, dy: tf.Tensor): readonly [tf.Tensor, tf.Tensor] => [
  product(dy, weight, true),
  weightGrad(x, dy),
]

/** x^T dy over all leading axes, the gradient of x W by W. */
export const weightGrad = (x: tf.Tensor, dy: tf.Tensor): tf.Tensor =>
  hasKernel("BijouWeightGrad")
    ? runKernel("BijouWeightGrad", { x, dy })
    : tf.tidy(() => tf.matMul(rows(x), rows(dy), true, false))

/** The sum over all leading axes, the gradient of a bias. */
export const biasGrad = (dy: tf.Tensor): tf.Tensor =>
  hasKernel("BijouBiasGrad") ? runKernel("BijouBiasGrad", { dy }) : tf.tidy(() => rows(dy).sum(0))

/** All leading axes as one. */
export const rows = (x: tf.Tensor): tf.Tensor2D => x.reshape([-1, x.shape.at(-1) ?? 1])
