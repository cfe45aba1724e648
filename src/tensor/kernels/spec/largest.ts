/** The range guard of the grid: the largest magnitude of activations. */
import { tf } from "../../tf.ts"
import { alike } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { fresh, makes } from "./Outcome.ts"

/** Computes the largest |x|, or NaN if x contains one. Without elements it is 0. */
export const largest: Kernel<{ readonly x: One }, {}, One> = {
  name: "BijouLargest",
  layer: "The guard",
  check: (call) => void alike(call, "x"),
  outcome: () => makes(fresh([])),
  composed: ({ x }) => (x.size === 0 ? tf.scalar(0) : tf.tidy(() => tf.max(tf.abs(x)))),
}
