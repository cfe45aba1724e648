/**
 * The Gaussian error linear unit. Hendrycks and Gimpel 2016.
 */
import { hasKernel, runKernel } from "../tensor/kernels/own.ts"
import { tf } from "../tensor/tf.ts"

// ---------------------------------------------------------------- model

/** An activation and its gradient written by hand, for use where there is no tape. */
export interface Activating {
  readonly value: (x: tf.Tensor) => tf.Tensor
  readonly pull: (x: tf.Tensor, dy: tf.Tensor) => tf.Tensor
}

// ------------------------------------------------------------ instances

/** `gelu` in parts. */
export const byErf: Activating = {
  value: (x) =>
    hasKernel("BijouGelu") && x.dtype === "float32" ? runKernel("BijouGelu", { x }) : tf.mul(x, cumulative(x)),
  pull: (x, dy) => {
    if (hasKernel("BijouGeluGrad") && x.dtype === "float32") return runKernel("BijouGeluGrad", { x, dy })
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
    return tf.mul(dy, tf.add(cumulative(x), tf.mul(x, density)))
  },
}

/** `geluTanh` in parts. */
export const byTanh: Activating = {
  value: (x) =>
    hasKernel("BijouGeluTanh") && x.dtype === "float32"
      ? runKernel("BijouGeluTanh", { x })
      : tf.mul(x, tf.add(tf.mul(inner(x), 0.5), 0.5)),
  pull: (x, dy) => {
    if (hasKernel("BijouGeluTanhGrad") && x.dtype === "float32") return runKernel("BijouGeluTanhGrad", { x, dy })
    const t = inner(x)
    const slope = tf.mul(tf.add(tf.mul(tf.square(x), 3 * CUBIC), 1), Math.sqrt(2 / Math.PI) / 2)
    const along = tf.mul(tf.mul(x, slope), tf.sub(1, tf.square(t)))
    return tf.mul(dy, tf.add(tf.add(tf.mul(t, 0.5), 0.5), along))
  },
}

const cumulative = (x: tf.Tensor): tf.Tensor => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5)

const CUBIC = 0.044715

/** tanh(sqrt(2/pi) (x + 0.044715 x^3)) */
const inner = (x: tf.Tensor): tf.Tensor =>
  tf.tanh(tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), CUBIC), 1)), Math.sqrt(2 / Math.PI)))

/** With a gradient that tfjs knows; the tape keeps x. */
const taped = ({ value, pull }: Activating) =>
  tf.customGrad((x, save) => {
    const keep = save as unknown as (tensors: tf.Tensor[]) => void // tfjs passes its own function behind the inputs
    const input = x as tf.Tensor // the one input
    keep([input])
    return {
      value: value(input),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [a] = saved as [tf.Tensor] // as it was kept
        return pull(a, dy)
      },
    }
  })

/** x Phi(x), with the exact erf: Phi(x) = (1 + erf(x / sqrt 2)) / 2; its derivative is Phi(x) + x phi(x). */
export const gelu = taped(byErf)

/**
 * GELU by tanh, as GPT-2 has it: x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, within 5e-4 of `gelu`. Its derivative is
 * (1 + t) / 2 + x (1 - t^2) sqrt(2/pi) (1 + 3 * 0.044715 x^2) / 2.
 */
export const geluTanh = taped(byTanh)
