/** An AdamW step for one parameter (Loshchilov and Hutter 2019). */
import { tf } from "../../tf.ts"
import { alike, fitting } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, makesAll } from "./Outcome.ts"

/** The parameter, its moments and its gradient, all of one shape, and the scalar factor of the gradient. */
interface Inputs {
  readonly p: One
  readonly m: One
  readonly v: One
  readonly grad: One
  readonly shrink: One
}

/**
 * The coefficients of a step. `rest` is 1 - beta, `keep` is 1 - rate decay, `correction` is 1 / (1 - beta2^t), and
 * `rate` is the learning rate over 1 - beta1^t.
 */
export interface AdamWAttributes {
  readonly beta1: number
  readonly rest1: number
  readonly beta2: number
  readonly rest2: number
  readonly keep: number
  readonly rate: number
  readonly correction: number
  readonly epsilon: number
}

/**
 * Computes m = beta1 m + rest1 g, v = beta2 v + rest2 g^2 and p = keep p - rate m / (sqrt(correction v) + epsilon),
 * where g = shrink grad.
 */
export const adamW: Kernel<Inputs, AdamWAttributes, readonly [p: One, m: One, v: One]> = {
  name: "BijouAdamW",
  layer: "AdamW",
  check: (call) => {
    alike(call, "p", "m", "v", "grad")
    fitting(call, "shrink", [], "p")
  },
  outcome: ({ p, m, v }) => makesAll(like(p), like(m), like(v)),
  composed: ({ p, m, v, grad, shrink }, { beta1, rest1, beta2, rest2, epsilon, keep, rate, correction }) =>
    tf.tidy(() => {
      const g = tf.mul(grad, shrink)
      const mean = tf.add(tf.mul(m, beta1), tf.mul(g, rest1))
      const square = tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), rest2))
      const scale = tf.add(tf.sqrt(tf.mul(square, correction)), epsilon)
      const kept = keep === 1 ? p : tf.mul(p, keep)
      return [tf.sub(kept, tf.div(tf.mul(mean, rate), scale)), mean, square] as const
    }),
}
