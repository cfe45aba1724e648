/**
 * The loss of a classifier.
 */
import { hasKernel, runKernel, type Save } from "../tensor/kernels/own.ts"
import { tf } from "../tensor/tf.ts"

/**
 * The mean of -log softmax(logits)[target], in nats.
 *
 * @param logits - float32 `[..., classes]`
 * @param targets - int32, one class for each place: `[...]`
 */
export const crossEntropy = (logits: tf.Tensor, targets: tf.Tensor): tf.Tensor => {
  if (hasKernel("BijouCrossEntropy") && logits.dtype === "float32") return fused(targets.toInt())(logits)
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
