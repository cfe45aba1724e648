/**
 * The loss of a classifier.
 */
import { tf } from "../tensor/tf.ts"

/**
 * The mean of -log softmax(logits)[target], in nats.
 *
 * @param logits - float32 `[..., classes]`
 * @param targets - int32, one class for each place: `[...]`
 */
export const crossEntropy = (logits: tf.Tensor, targets: tf.Tensor): tf.Tensor => {
  const classes = logits.shape.at(-1) ?? 1
  const rows = logits.size / classes
  // A class that there is not has no place in the one-hot matrix, and would count as a loss of 0; gather refuses it.
  tf.gather(tf.zeros([classes]), targets.as1D().toInt())
  const picked = tf.oneHot(targets.as1D().toInt(), classes)
  return tf
    .logSoftmax(logits.reshape([rows, classes]))
    .mul(picked)
    .sum()
    .mul(-1 / rows)
}
