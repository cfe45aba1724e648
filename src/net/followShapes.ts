/**
 * Checking a network's parts against each other by shapes alone, before the first step.
 */
import { option as O } from "fp-ts"
import { LayerFailed } from "../core/errors/LayerFailed.ts"
import { ShapeMismatch } from "../core/errors/ShapeMismatch.ts"
import { Key } from "../core/Key.ts"
import type { Layer } from "../core/Layer.ts"
import { isRevError } from "../core/RevError.ts"
import { sameShape, showShape } from "../exact/frame.ts"
import { inShapes, UnknownShape } from "../tensor/shapes/inShapes.ts"
import { tf } from "../tensor/tf.ts"
import { mapTensors } from "../tensor/values/tree.ts"
import { lossOf, type Loss } from "./Loss.ts"

/**
 * Throws `ShapeMismatch` or `LayerFailed`, which name the part, where a batch does not fit the layers or they each
 * other.
 */
export const followShapes = <E, B, H, I, Y, T, M extends string>(
  {
    embed,
    block,
    head,
    loss,
  }: {
    readonly embed: Layer<E, I, tf.Tensor>
    readonly block: Layer<B, tf.Tensor, tf.Tensor>
    readonly head: Layer<H, tf.Tensor, Y>
    readonly loss: Loss<Y, T, M>
  },
  inputs: I,
  targets: T,
): void =>
  inShapes(() =>
    tf.tidy(() => {
      const blank = (x: tf.Tensor): tf.Tensor => tf.zeros(x.shape, x.dtype)
      const x = result("embed", embed, mapTensors(inputs, blank))
      if (x === null) return
      const h = result("block", block, x)
      if (h === null) return
      if (!sameShape(x.shape, h.shape))
        throw new ShapeMismatch(
          `The block maps activations of shape ${showShape(x.shape)} to ${showShape(h.shape)}. A residual keeps the shape of its input.`,
        )
      const outputs = result("head", head, x)
      if (outputs !== null) result("loss", lossOf(loss), [outputs, mapTensors(targets, blank)])
    }),
  )

/** What a layer returns, or null for one whose shapes are only known when it runs. */
const result = <P, A, X>(name: string, layer: Layer<P, A, X>, a: A): X | null => {
  try {
    return layer.apply(layer.params.init(Key.fromSeed(0)), a, O.none)
  } catch (cause) {
    if (cause instanceof UnknownShape) return null
    throw isRevError(cause) && cause._tag !== "ShapeMismatch" ? cause : new LayerFailed({ path: [name], cause })
  }
}
