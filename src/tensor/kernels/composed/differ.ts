/** Whether two tensors differ anywhere, in plain tfjs operations: for backends without the kernel `BijouDiffer`. */
import { tf } from "../../tf.ts"

/** 1 where an element differs, else 0; one NaN is like another. On a grid with one zero equal values have equal bits. */
export const differ = (x: tf.Tensor, y: tf.Tensor): tf.Tensor =>
  tf.tidy(() => {
    const same = tf.logicalOr(tf.equal(x, y), tf.logicalAnd(tf.notEqual(x, x), tf.notEqual(y, y)))
    return tf.cast(tf.logicalNot(tf.all(same)), "float32")
  })
