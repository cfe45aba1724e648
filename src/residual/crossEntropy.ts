/**
 * The loss of a classifier.
 */
import { check, dispatch, isImplemented, type Save } from "../tensor/kernels/dispatch.ts"
import { crossEntropy as kernel, crossEntropyGrad } from "../tensor/kernels/spec/crossEntropy.ts"
import { tf } from "../tensor/tf.ts"

/**
 * Computes the mean of -log softmax(logits)[target], in nats. A logit of -Infinity excludes its class; if the target is
 * such a class, the loss is Infinity. Throws `ShapeMismatch` unless there is one target per row of logits, and at least
 * one row.
 *
 * @param logits - float32 `[..., classes]`
 * @param targets - int32 `[...]`, one class per row of logits
 */
export const crossEntropy = (logits: tf.Tensor, targets: tf.Tensor): tf.Tensor => {
  const ids = targets.toInt()
  check(kernel, { logits, targets: ids }, {})
  return isImplemented(kernel) ? fused(ids)(logits) : kernel.composed({ logits, targets: ids }, {})
}

/** Runs one kernel, and another for the gradient; the tape saves the inputs. */
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
