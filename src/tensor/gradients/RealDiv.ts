/**
 * The gradients of `RealDiv` are 0 where the cotangent is 0, even in a division by 0, where the stock gradients are 0 /
 * 0. This gives `divNoNan`, which replaces such quotients by 0, a gradient.
 */
import { tf } from "../tf.ts"
import { amended, only, saved } from "./amended.ts"

export const realDiv = amended<{}>(tf.RealDiv, () => (cotangent, kept) => {
  const dy = only(cotangent)
  const [a, b] = [saved(kept, 0), saved(kept, 1)]
  return {
    a: () => summed(quotient(dy, b.toFloat()), a),
    b: () => quotient(summed(dy.mul(a.toFloat()), b), b.square().toFloat()).neg(),
  }
})

/** Returns x / y, with 0 for 0 / 0, composed of operations that have gradients themselves. */
const quotient = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => x.div(y.add(isZero(x).mul(isZero(y))))

const isZero = (x: tf.Tensor): tf.Tensor => tf.sub(1, x.abs().step())

/** Sums x over the axes along which `input` was broadcast. */
const summed = (x: tf.Tensor, input: tf.Tensor): tf.Tensor => {
  const axes = tf.broadcast_util.getReductionAxes(input.shape, x.shape)
  return axes.length > 0 ? x.sum(axes).reshape(input.shape) : x
}
