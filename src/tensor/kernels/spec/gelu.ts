/**
 * The Gaussian error linear unit and its gradient, in two forms (Hendrycks and Gimpel 2016).
 *
 *     erf:   x Phi(x), Phi(x) = (1 + erf(x / sqrt 2)) / 2
 *            derivative Phi(x) + x phi(x)
 *     tanh:  x (1 + t) / 2, t = tanh(sqrt(2/pi) (x + 0.044715 x^3))
 *            derivative (1 + t) / 2 + x (1 - t^2) sqrt(2/pi) (1 + 3 * 0.044715 x^2) / 2
 */
import { tf } from "../../tf.ts"
import { alike } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, makes } from "./Outcome.ts"

// ---------------------------------------------------------------- model

/** The form of GELU. `erf` is exact; `tanh` is GPT-2's approximation, within 5e-4 of it. */
export type GeluForm = "erf" | "tanh"

export interface GeluAttributes {
  readonly form: GeluForm
}

// ------------------------------------------------------------ instances

export const gelu: Kernel<{ readonly x: One }, GeluAttributes, One> = {
  name: "BijouGelu",
  layer: "gelu",
  check: (call) => void alike(call, "x"),
  outcome: ({ x }) => makes(like(x)),
  composed: ({ x }, { form }) =>
    form === "erf" ? tf.mul(x, cumulative(x)) : tf.mul(x, tf.add(tf.mul(hyperbolic(x), 0.5), 0.5)),
}

/** Computes dy times the derivative at x. */
export const geluGrad: Kernel<{ readonly x: One; readonly dy: One }, GeluAttributes, One> = {
  name: "BijouGeluGrad",
  layer: "The gradient of gelu",
  check: (call) => void alike(call, "x", "dy"),
  outcome: ({ x }) => makes(like(x)),
  composed: ({ x, dy }, { form }) => {
    if (form === "erf") {
      const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
      return tf.mul(dy, tf.add(cumulative(x), tf.mul(x, density)))
    }
    const t = hyperbolic(x)
    const slope = tf.mul(tf.add(tf.mul(tf.square(x), 3 * CUBIC), 1), Math.sqrt(2 / Math.PI) / 2)
    const along = tf.mul(tf.mul(x, slope), tf.sub(1, tf.square(t)))
    return tf.mul(dy, tf.add(tf.add(tf.mul(t, 0.5), 0.5), along))
  },
}

export const CUBIC = 0.044715

/** The factor sqrt(2/pi) of the tanh form. */
export const SLOPE = Math.sqrt(2 / Math.PI)

/** Computes Phi(x). */
const cumulative = (x: tf.Tensor): tf.Tensor => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5)

/** Computes tanh(sqrt(2/pi) (x + 0.044715 x^3)). */
const hyperbolic = (x: tf.Tensor): tf.Tensor =>
  tf.tanh(tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), CUBIC), 1)), SLOPE))
