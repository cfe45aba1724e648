/** The guard of the grid: how large activations are. */
import { tf } from "../../tf.ts"
import { alike } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { fresh, makes } from "./Outcome.ts"

/** The largest |x|, or NaN where there is one; 0 of no elements. */
export const largest: Kernel<{ readonly x: One }, {}, One> = {
  name: "BijouLargest",
  layer: "The guard",
  check: (call) => void alike(call, "x"),
  outcome: () => makes(fresh([])),
  composed: ({ x }) => (x.size === 0 ? tf.scalar(0) : tf.tidy(() => tf.max(tf.abs(x)))),
}
