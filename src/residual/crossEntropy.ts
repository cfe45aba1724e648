/**
 * The loss of a classifier.
 */
import { check, dispatch, isImplemented, type Save } from "../tensor/kernels/dispatch.ts"
import { crossEntropy as kernel, crossEntropyGrad } from "../tensor/kernels/spec/crossEntropy.ts"
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
  check(kernel, { logits, targets: ids }, {})
  return isImplemented(kernel) ? fused(ids)(logits) : kernel.composed({ logits, targets: ids }, {})
}

/** One kernel, and one for the gradient; the tape keeps what it is given. */
const fused = (targets: tf.Tensor) =>
  tf.customGrad((...args) => {
    const [logits, save] = args as unknown as readonly [tf.Tensor, Save] // as tfjs passes them
    save([logits, targets])
    return {
      value: dispatch(kernel, { logits, targets }),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, ids] = saved as [tf.Tensor, tf.Tensor] // as they were kept
        return dispatch(crossEntropyGrad, { logits: x, targets: ids, dy })
      },
    }
  })
