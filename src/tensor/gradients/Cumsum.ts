/** `Cumsum` runs the other way along the same axis; the stock gradient also transposes, unless the axis is the last. */
import { tf } from "../tf.ts"
import { amended, only } from "./amended.ts"

export const cumsum = amended<tf.CumsumAttrs>(tf.Cumsum, () => (dy, _, attrs) => {
  const { axis, exclusive, reverse } = attrs
  return { x: () => tf.cumsum(only(dy), axis, exclusive, !reverse) }
})
