/**
 * Losses: what a network is trained on, as weighted terms, and the metrics that are reported with it.
 *
 *     loss = sum(w terms) / sum(w), over all terms of a batch
 */
import { ShapeMismatch } from "../core/errors/ShapeMismatch.ts"
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { quoted } from "../core/quoted.ts"
import { sameShape, showShape } from "../exact/frame.ts"
import { crossEntropy } from "../residual/crossEntropy.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { tf } from "../tensor/tf.ts"
import { tensorsIn } from "../tensor/values/tree.ts"
import { isClassifier } from "./classifier.ts"

// ---------------------------------------------------------------- model

/** A loss of outputs `Y` and targets `T`, with metrics called `M`. */
export interface Loss<in out Y, in out T, in out M extends string> {
  /** The loss of each sample, or of each of its parts: `[batch]` or `[batch, time]`. */
  readonly terms: (outputs: Y, targets: T) => tf.Tensor
  /** The weight of each term, such as 0 for padding; all are 1 unless given. */
  readonly weights?: (targets: T) => tf.Tensor
  /** What `evaluate` reports beside the loss, averaged with the same weights: `[batch]` or `[batch, time]` each. */
  readonly metrics: { readonly [K in M]: (outputs: Y, targets: T) => tf.Tensor }
  /** The type of targets that are given as arrays of numbers: class ids are int32. */
  readonly targets: "int32" | "float32"
  /** The same loss in fewer operations, where there are no weights; the mean of the terms unless given. */
  readonly mean?: (outputs: Y, targets: T) => tf.Tensor
  /**
   * The loss from the head's input, for heads that compute it without all outputs in memory; null for any other head.
   */
  readonly after?: <H>(head: Layer<H, tf.Tensor, Y>) => Layer<H, readonly [x: tf.Tensor, targets: T], tf.Tensor> | null
}

// --------------------------------------------------------- constructors

/**
 * A loss of your own: `loss((outputs, targets) => terms)`, or with weights and metrics, `loss({ terms, weights, metrics
 * })`. Terms are one number a sample, `[batch]`, or one for each of its parts, `[batch, time]`.
 *
 * ```ts
 * import { loss } from "bijou/net"
 * import { tf } from "bijou/tensor"
 *
 * const absolute = loss((y, t) => tf.abs(y.sub(t)).mean(-1))
 * Object.keys(absolute.metrics) // => []
 * ```
 */
export function loss<Y = tf.Tensor, T = tf.Tensor>(terms: (outputs: Y, targets: T) => tf.Tensor): Loss<Y, T, never>
export function loss<Y = tf.Tensor, T = tf.Tensor, M extends string = never>(
  options: Pick<Loss<Y, T, M>, "terms" | "weights"> & Partial<Pick<Loss<Y, T, M>, "metrics" | "targets">>,
): Loss<Y, T, M>
export function loss(given: Loss<tf.Tensor, tf.Tensor, string>["terms"] | Partial<Loss<tf.Tensor, tf.Tensor, string>>) {
  const {
    terms,
    weights,
    metrics = {},
    targets = "float32",
    ...rest
  } = typeof given === "function" ? { terms: given } : given
  const unknown = Object.keys(rest)[0]
  if (terms === undefined || unknown !== undefined)
    throw new RangeError(
      terms === undefined
        ? "A loss needs its terms. Give a function of outputs and targets that returns one number for each sample."
        : `A loss has no option ${quoted(unknown ?? "")}; its options are terms, weights, metrics and targets.`,
    )
  return { terms, metrics, targets, ...(weights === undefined ? {} : { weights }) }
}

/** Cross-entropy of logits `[..., classes]` and class ids `[...]`, in nats, with the metric `accuracy`. */
export const classification: Loss<tf.Tensor, tf.Tensor, "accuracy"> = {
  terms: (logits, ids) => {
    // Refuses ids of another shape or of no class.
    crossEntropy(logits, ids)
    const classes = logits.shape.at(-1) ?? 1
    const flat = ids.reshape([-1, 1]).toInt()
    const chosen = tf.gather(logits.reshape([-1, classes]), flat, 1, 1).reshape(ids.shape)
    return tf.logSumExp(logits, -1).sub(chosen)
  },
  metrics: { accuracy: (logits, ids) => tf.equal(tf.argMax(logits, -1), ids.toInt()).toFloat() },
  targets: "int32",
  mean: crossEntropy,
  after: (head) => (isClassifier(head) ? head.crossEntropy : null),
}

/** Squared error, the mean over all but the first axis, with the metric `absoluteError`. */
export const regression: Omit<Loss<tf.Tensor, tf.Tensor, "absoluteError">, "after"> = {
  terms: (y, t) => perSample(y.sub(alike(t, y)).square()),
  metrics: { absoluteError: (y, t) => perSample(y.sub(alike(t, y)).abs()) },
  targets: "float32",
}

const perSample = (x: tf.Tensor): tf.Tensor => x.reshape([x.shape[0] ?? 1, -1]).mean(1)

const alike = (t: tf.Tensor, y: tf.Tensor): tf.Tensor => {
  if (!sameShape(t.shape, y.shape))
    throw new ShapeMismatch(
      `The targets have shape ${showShape(t.shape)}, and the outputs ${showShape(y.shape)}. Give targets of the outputs' shape.`,
    )
  return t
}

// ---------------------------------------------------------- destructors

/** The layer from a head's outputs and targets to the loss of the batch. */
export const lossOf = <Y, T, M extends string>(loss: Loss<Y, T, M>): Layer<{}, readonly [Y, T], tf.Tensor> =>
  fromTfjs(Params.none, (_, [outputs, targets]: readonly [Y, T]) => {
    if (loss.weights === undefined)
      return loss.mean?.(outputs, targets) ?? batched(loss.terms(outputs, targets), outputs).mean()
    const { sum, weight } = weightedSums(loss, outputs, targets)
    return sum.div(weight)
  })

/** The weighted sum of the terms, and the sum of the weights. */
export const weightedSums = <Y, T, M extends string>(
  loss: Loss<Y, T, M>,
  outputs: Y,
  targets: T,
): { readonly sum: tf.Tensor; readonly weight: tf.Tensor; readonly metrics: ReadonlyArray<tf.Tensor> } => {
  const terms = batched(loss.terms(outputs, targets), outputs)
  const weights = loss.weights?.(targets).toFloat() ?? tf.onesLike(terms)
  const weighted = (x: tf.Tensor): tf.Tensor => {
    if (!sameShape(x.shape, weights.shape))
      throw new ShapeMismatch(
        `The terms of the loss, its metrics and its weights have one shape, but ${showShape(x.shape)} met ${showShape(weights.shape)}.`,
      )
    return x.toFloat().mul(weights).sum()
  }
  const metrics = Object.values<Loss<Y, T, M>["metrics"][M]>(loss.metrics)
  return {
    sum: weighted(terms),
    weight: weights.sum(),
    metrics: metrics.map((metric) => weighted(metric(outputs, targets))),
  }
}

/** Terms whose first axis is the batch. */
const batched = (terms: tf.Tensor, outputs: unknown): tf.Tensor => {
  const batch = tensorsIn(outputs)[0]?.shape[0]
  if (terms.rank === 0 || terms.shape[0] !== batch)
    throw new ShapeMismatch(
      `The terms of a loss have shape [batch] or [batch, time], but ${showShape(terms.shape)} was returned for a batch of ${batch}. Do not take the mean over the batch.`,
    )
  return terms
}
