/**
 * `RealDiv`: where the cotangent is 0, so are the gradients, also of a division by 0; the stock ones are 0 / 0. So `divNoNan`,
 * which picks 0 in place of such quotients, has a gradient.
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

/** x / y, and 0 for 0 / 0, of operations that have gradients themselves. */
const quotient = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => x.div(y.add(isZero(x).mul(isZero(y))))

const isZero = (x: tf.Tensor): tf.Tensor => tf.sub(1, x.abs().step())

/** Summed over the axes along which `input` was spread. */
const summed = (x: tf.Tensor, input: tf.Tensor): tf.Tensor => {
  const axes = tf.broadcast_util.getReductionAxes(input.shape, x.shape)
  return axes.length > 0 ? x.sum(axes).reshape(input.shape) : x
}
