/**
 * The loss of a classifier.
 */
import { hasKernel, runKernel, type Save } from "../tensor/kernels/own.ts"
import { checkInputs } from "../tensor/shapes/inputRules.ts"
import { tf } from "../tensor/tf.ts"

/**
 * The mean of -log softmax(logits)[target], in nats. A logit of -Infinity is a class that is ruled out; the loss is Infinity where the target is
 * one. Throws `ShapeMismatch` unless there is one target for each row of logits, and at least one row.
 *
 * @param logits - float32 `[..., classes]`
 * @param targets - int32, one class for each place: `[...]`
 */
export const crossEntropy = (logits: tf.Tensor, targets: tf.Tensor): tf.Tensor => {
  const ids = targets.toInt()
  checkInputs("BijouCrossEntropy", { logits, targets: ids })
  if (hasKernel("BijouCrossEntropy")) return fused(ids)(logits)
  const classes = logits.shape.at(-1) ?? 1
  const rows = logits.size / classes
  // A class that there is not has no place in the one-hot matrix, and would count as a loss of 0; gather refuses it.
  tf.gather(tf.zeros([classes]), ids.as1D())
  const losses = tf.logSoftmax(logits.reshape([rows, classes]))
  // Not times 0 and 1: -Infinity times 0 is NaN.
  return tf
    .where(tf.oneHot(ids.as1D(), classes).toBool(), losses, tf.zerosLike(losses))
    .sum()
    .mul(-1 / rows)
}

/** One kernel, and one for the gradient; the tape keeps what it is given. */
const fused = (targets: tf.Tensor) =>
  tf.customGrad((...args) => {
    const [logits, save] = args as unknown as readonly [tf.Tensor, Save] // as tfjs passes them
    save([logits, targets])
    return {
      value: runKernel("BijouCrossEntropy", { logits, targets }),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, ids] = saved as [tf.Tensor, tf.Tensor] // as they were kept
        return runKernel("BijouCrossEntropyGrad", { logits: x, targets: ids, dy })
      },
    }
  })
