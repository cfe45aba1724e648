/** The gradient of `MirrorPad` adds the mirrored parts back, axis by axis. The stock gradient drops them. */
import { tf } from "../tf.ts"
import { sizeOf } from "../../exact/frame.ts"
import { amended, only } from "./amended.ts"

export const mirrorPad = amended<tf.MirrorPadAttrs>(tf.MirrorPad, () => (dy, _, attrs) => {
  const { paddings, mode } = attrs
  const edge = mode === "reflect" ? 1 : 0
  return { x: () => paddings.reduce((folded, [p, q], axis) => fold(folded, axis, p, q, edge), only(dy)) }
})

/**
 * Adds the mirrored first p and last q positions of an axis to the positions that they copied. The `edge` elements at
 * each end were not copied.
 */
const fold = (x: tf.Tensor, axis: number, p: number, q: number, edge: number): tf.Tensor => {
  const before = sizeOf(x.shape.slice(0, axis))
  const after = sizeOf(x.shape.slice(axis + 1))
  const padded = x.shape[axis] ?? 1
  const size = padded - p - q
  const rows = x.reshape([before, padded, after])
  const mirrored = (from: number, count: number, to: number): tf.Tensor =>
    tf.pad(tf.reverse(tf.slice(rows, [0, from, 0], [before, count, after]), 1), [
      [0, 0],
      [to, size - to - count],
      [0, 0],
    ])
  let sum = tf.slice(rows, [0, p, 0], [before, size, after])
  if (p > 0) sum = sum.add(mirrored(0, p, edge))
  if (q > 0) sum = sum.add(mirrored(p + size, q, size - q - edge))
  return sum.reshape([...x.shape.slice(0, axis), size, ...x.shape.slice(axis + 1)])
}
