/**
 * Dropout that replays: the mask is a function of the draw, so the forward and backward pass drop the same values.
 * Srivastava et al. 2014.
 */
import { option as O } from "fp-ts"
import { Draw } from "../core/Draw.ts"
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { ShapeMismatch } from "../core/errors/ShapeMismatch.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { dispatch, isImplemented } from "../tensor/kernels/dispatch.ts"
import { checkRate, dropout, type DropoutAttributes } from "../tensor/kernels/spec/dropout.ts"
import { tf } from "../tensor/tf.ts"

/**
 * Dropout whose mask is a function of the draw, so the forward and backward pass drop the same values. Srivastava et
 * al. 2014.
 */
export const Dropout = {
  // -------------------------------------------------------- constructors

  /** Makes the layer on `[batch, ...]`; `name` separates its draws from those of other layers at the same path. */
  make: (name: string, rate: number): Layer<{}, tf.Tensor, tf.Tensor> => {
    checkRate(rate)
    return fromTfjs(Params.none, (_params, x: tf.Tensor, draw) => Dropout.apply(name, rate, x, draw))
  },

  // --------------------------------------------------------- combinators

  /**
   * Zeroes each value with probability `rate` and divides the others by 1 - rate. Without a draw it does nothing.
   * Throws `RangeError` unless the rate is in [0, 1).
   */
  apply: (name: string, rate: number, x: tf.Tensor, draw: O.Option<Draw>): tf.Tensor => {
    checkRate(rate)
    if (O.isNone(draw) || rate === 0) return x
    const { samples } = draw.value
    if (x.shape[0] !== samples.length)
      throw new ShapeMismatch(
        `Dropout ${name} got activations of shape [${x.shape.join(", ")}] and ${samples.length} sample ids. Give one sample id for each index of the leading axis.`,
      )
    const { low, high } = Draw.child(name)(draw.value).key
    const attributes = { low, high, samples, rate }
    return isImplemented(dropout) && x.dtype === "float32"
      ? onDevice(attributes)(x)
      : dropout.composed({ x }, attributes)
  },
}

/** Draws the numbers on the device, and again for the gradient, so that the tape saves nothing. */
const onDevice = (attributes: DropoutAttributes) => {
  const drop = (x: tf.Tensor) => dispatch(dropout, { x }, attributes)
  return tf.customGrad((x) => ({ value: drop(x as tf.Tensor), gradFunc: drop })) // the one input
}
