/** The self-check of a step: whether two tensors differ. */
import { tf } from "../../tf.ts"
import { fitting, given } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { fresh, makes } from "./Outcome.ts"

/**
 * A number that is 0 only where x and y, of one shape and type, are the same in every element; one NaN is like another. On a grid with one zero
 * equal values have equal bits.
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
