/** `Cumsum` runs the other way along the same axis; the stock gradient also transposes, unless the axis is the last. */
import { tf } from "../tf.ts"
import { amended, only } from "./amended.ts"

export const cumsum = amended("Cumsum", () => (dy, _, attrs) => {
  const { axis, exclusive, reverse } = attrs as Attributes
  return { x: () => tf.cumsum(only(dy), axis, exclusive, !reverse) }
})

/** As the kernel takes them. */
interface Attributes extends tf.NamedAttrMap {
  axis: number
  exclusive: boolean
  reverse: boolean
}
