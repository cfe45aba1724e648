/**
 * The Gaussian error linear unit. Hendrycks and Gimpel 2016.
 */
import { tf } from "../tensor/tf.ts"

/** x Phi(x), with the exact erf: Phi(x) = (1 + erf(x / sqrt 2)) / 2; its derivative is Phi(x) + x phi(x). */
export const gelu = tf.customGrad((x, save) => {
  const keep = save as unknown as (tensors: tf.Tensor[]) => void // tfjs passes its own function behind the inputs
  const input = x as tf.Tensor // the one input
  const cumulative = tf.mul(tf.add(tf.erf(tf.mul(input, Math.SQRT1_2)), 1), 0.5)
  keep([input, cumulative])
  return {
    value: tf.mul(input, cumulative),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [a, phi] = saved as [tf.Tensor, tf.Tensor] // in the order of `keep`
      const density = tf.mul(tf.exp(tf.mul(tf.square(a), -0.5)), 1 / Math.sqrt(2 * Math.PI))
      return tf.mul(dy, tf.add(phi, tf.mul(a, density)))
    },
  }
})
