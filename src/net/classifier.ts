/**
 * The head of a classifier, and of a language model: LayerNorm, then the logits of all classes.
 */
import { function as F } from "fp-ts"
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { serial } from "../core/serial.ts"
import { ClassifierLoss } from "../residual/ClassifierLoss.ts"
import { LayerNorm, type LayerNormParams } from "../residual/LayerNorm.ts"
import { multiply } from "../residual/multiply.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { tensor } from "../tensor/values/tensor.ts"
import type { tf } from "../tensor/tf.ts"

// ---------------------------------------------------------------- model

/** The parameters of a classifier's head. */
export interface ClassifierHead {
  readonly norm: LayerNormParams
  /** `[width, classes]` */
  readonly unembed: tf.Tensor
}

/**
 * A head whose cross-entropy is computed in chunks of rows, so that the logits of many classes are never all in memory.
 */
export interface Classifier<in out H> extends Layer<H, tf.Tensor, tf.Tensor> {
  readonly classes: number
  /** From `[x, targets]`, float32 `[..., width]` and int32 `[...]`, to the mean cross-entropy in nats. */
  readonly crossEntropy: Layer<H, readonly [x: tf.Tensor, targets: tf.Tensor], tf.Tensor>
}

// --------------------------------------------------------- constructors

/** The head `[..., width]` to logits `[..., classes]`, with normal weights of deviation 0.02. */
export const classifier = (width: number, classes: number): Classifier<ClassifierHead> => ({
  ...fromTfjs(
    Params.struct<ClassifierHead>({ norm: LayerNorm.params(width), unembed: tensor.normal([width, classes], 0.02) }),
    ({ norm, unembed }, x: tf.Tensor) => multiply(LayerNorm.apply(norm, x), unembed),
  ),
  classes,
  crossEntropy: F.pipe(
    fromTfjs(
      Params.struct<Pick<ClassifierHead, "norm">>({ norm: LayerNorm.params(width) }),
      ({ norm }, [x, targets]: readonly [tf.Tensor, tf.Tensor]) => [LayerNorm.apply(norm, x), targets] as const,
    ),
    serial(ClassifierLoss.make(width, classes)),
  ),
})

// ---------------------------------------------------------- destructors

/** Whether a head is one that `classifier` made. */
export const isClassifier = <H, Y>(
  head: Layer<H, tf.Tensor, Y>,
): head is Layer<H, tf.Tensor, Y> & Pick<Classifier<H>, "classes" | "crossEntropy"> => "crossEntropy" in head
