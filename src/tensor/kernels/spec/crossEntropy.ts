/** The mean cross-entropy of a classifier, in nats, and its gradient. */
import { tf } from "../../tf.ts"
import { classified, fitting } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, fresh, makes } from "./Outcome.ts"

/**
 * Computes the mean over rows of -log softmax(logits)[target]: `logits` is `[..., classes]`, and `targets` is int32
 * `[...]`. Throws if a target is not a class.
 */
export const crossEntropy: Kernel<{ readonly logits: One; readonly targets: One }, {}, One> = {
  name: "BijouCrossEntropy",
  layer: "crossEntropy",
  check: (call) => classified(call, "logits", "targets"),
  outcome: () => makes(fresh([])),
  composed: ({ logits, targets }) => {
    const { rows, classes, ids } = inRows(logits, targets)
    // A class out of range has no column in the one-hot matrix and would count as a loss of 0. gather throws for it.
    tf.gather(tf.zeros([classes]), ids)
    const losses = tf.logSoftmax(logits.reshape([rows, classes]))
    // Multiplying by 0 and 1 would not do: -Infinity times 0 is NaN.
    return tf
      .where(chosen(ids, classes).toBool(), losses, tf.zerosLike(losses))
      .sum()
      .mul(-1 / rows)
  },
}

/** Computes (softmax(logits) - oneHot(target)) dy / rows; `dy` is a scalar. */
export const crossEntropyGrad: Kernel<{ readonly logits: One; readonly targets: One; readonly dy: One }, {}, One> = {
  name: "BijouCrossEntropyGrad",
  layer: "The gradient of crossEntropy",
  check: (call) => {
    classified(call, "logits", "targets")
    fitting(call, "dy", [], "logits")
  },
  outcome: ({ logits }) => makes(like(logits)),
  composed: ({ logits, targets, dy }) =>
    tf.tidy(() => {
      const { rows, classes, ids } = inRows(logits, targets)
      const weights = tf.softmax(logits.reshape([rows, classes]))
      return tf
        .sub(weights, chosen(ids, classes).toFloat())
        .mul(tf.mul(dy, 1 / rows))
        .reshape(logits.shape)
    }),
}

/** Returns the one-hot rows of the classes. tfjs rejects a single class. */
const chosen = (ids: tf.Tensor1D, classes: number): tf.Tensor =>
  classes === 1 ? tf.onesLike(ids).reshape([ids.size, 1]) : tf.oneHot(ids, classes)

const inRows = (logits: tf.Tensor, targets: tf.Tensor) => {
  const classes = logits.shape.at(-1) ?? 1
  return { rows: logits.size / classes, classes, ids: targets.as1D() as tf.Tensor1D }
}
