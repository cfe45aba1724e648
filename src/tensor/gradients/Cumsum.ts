/**
 * The gradient of `Cumsum` is a cumulative sum in the other direction along the same axis. The stock gradient also
 * transposes, unless the axis is the last one.
 */
import { tf } from "../tf.ts"
import { amended, only } from "./amended.ts"

export const cumsum = amended<tf.CumsumAttrs>(tf.Cumsum, () => (dy, _, attrs) => {
  const { axis, exclusive, reverse } = attrs
  return { x: () => tf.cumsum(only(dy), axis, exclusive, !reverse) }
})
