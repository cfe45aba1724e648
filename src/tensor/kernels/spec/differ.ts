/** The self-check of a step: whether two tensors differ. */
import { tf } from "../../tf.ts"
import { fitting, given } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { fresh, makes } from "./Outcome.ts"

/**
 * Returns a number that is 0 only if x and y, of one shape and type, are equal in every element, where NaN equals NaN.
 * On a grid with a single zero, equal values have equal bits.
 */
export const differ: Kernel<{ readonly x: One; readonly y: One }, {}, One> = {
  name: "BijouDiffer",
  layer: "The self-check",
  check: (call) => {
    const x = given(call, "x")
    fitting(call, "y", x.shape, "x", x.dtype)
  },
  outcome: () => makes(fresh([])),
  composed: ({ x, y }) =>
    tf.tidy(() => {
      const same = tf.logicalOr(tf.equal(x, y), tf.logicalAnd(tf.notEqual(x, x), tf.notEqual(y, y)))
      return tf.cast(tf.logicalNot(tf.all(same)), "float32")
    }),
}
