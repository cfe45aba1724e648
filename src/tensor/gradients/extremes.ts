/**
 * The gradients of `Max` and `Min`: elements that share the extreme value share its cotangent. The stock gradient gives
 * each of them the whole cotangent.
 *
 * The saved tensors are x and y. Without ties the divisor is 1, and the bits are those of the stock gradient.
 */
import { tf } from "../tf.ts"
import { amended, only, saved, type Amendment } from "./amended.ts"

const extreme = <A extends object>(kernelName: string, axesOf: (attributes: A) => number | number[]): Amendment =>
  amended<A>(kernelName, () => (dy, kept, attrs) => {
    const [x, y] = [saved(kept, 0), saved(kept, 1)]
    const axes = tf.util.parseAxisParam(axesOf(attrs), x.shape)
    const whole = x.shape.map((d, axis) => (axes.includes(axis) ? 1 : d))
    return {
      x: () => {
        const mask = tf.equal(x, y.reshape(whole)).toFloat()
        return only(dy).reshape(whole).mul(mask).div(mask.sum(axes, true))
      },
    }
  })

export const max = extreme<tf.MaxAttrs>(tf.Max, ({ reductionIndices }) => reductionIndices)
export const min = extreme<tf.MinAttrs>(tf.Min, ({ axis }) => axis)
