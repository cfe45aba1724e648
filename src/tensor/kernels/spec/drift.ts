/** BDIA's only rounding operation. */
import { tf } from "../../tf.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, makes } from "./Outcome.ts"
import { checkStep, coefficients, oneZero, type DriftAttributes } from "./samples.ts"

/**
 * Computes Q((1-g) x + (1+g) h) = round(own x + change h) step for activations `[batch, ...]` of one shape. Both
 * products and their sum are rounded to float32, then the sum is rounded half to even to the grid, and every zero is
 * +0.
 */
export const drift: Kernel<{ readonly x: One; readonly h: One }, DriftAttributes, One> = {
  name: "BijouDrift",
  layer: "A step of BDIA",
  check: (call) => {
    const { own, change } = call.attributes
    checkStep(call, ["x", "h"], { own, change })
  },
  outcome: ({ x }) => makes(like(x)),
  composed: ({ x, h }, { own, change, step }) =>
    tf.tidy(() => {
      const sum = tf.add(tf.mul(x, coefficients(own, x)), tf.mul(h, coefficients(change, x)))
      return oneZero(tf.mul(tf.round(sum), step))
    }),
}
