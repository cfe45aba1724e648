/**
 * The gradient of `Prod` for negative axes and for axes in any order. The stock gradient requires ascending nonnegative
 * axes.
 */
import { tf } from "../tf.ts"
import { amended, saved } from "./amended.ts"

export const prod = amended<tf.ProdAttrs>(tf.Prod, (stock) => (dy, kept, attrs) => {
  const axes = tf.util.parseAxisParam(attrs.axis ?? null, saved(kept, 0).shape)
  return stock(dy, kept, { ...attrs, axis: axes.sort((p, q) => p - q) })
})
