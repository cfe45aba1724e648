/**
 * The gradient of `Tile` for scalars and for more than four axes, computed axis by axis. The stock gradient supports
 * ranks 1 to 4.
 */
import { tf } from "../tf.ts"
import { sizeOf } from "../../exact/frame.ts"
import { amended, only, saved } from "./amended.ts"

export const tile = amended<tf.TileAttrs>(tf.Tile, (stock) => (dy, kept, attrs) => {
  const { shape } = saved(kept, 0)
  if (shape.length > 0 && shape.length <= 4) return stock(dy, kept, attrs)
  const reps = attrs.reps
  return {
    x: () => {
      let sum = only(dy)
      for (const [axis, size] of shape.entries()) {
        const before = sizeOf(shape.slice(0, axis))
        const after = sizeOf(sum.shape) / (before * size * (reps[axis] ?? 1))
        sum = sum.reshape([before, reps[axis] ?? 1, size * after]).sum(1)
      }
      return sum.reshape(shape)
    },
  }
})
