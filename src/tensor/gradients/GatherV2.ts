/**
 * The gradient of `GatherV2` with more than one batch axis, computed by one segment sum. The stock gradient supports
 * none or one.
 *
 * The shape of x is [batch, outer, n, inner], that of the indices [batch, m], and that of y [batch, outer, m, inner].
 * Indices have no gradient.
 */
import { tf } from "../tf.ts"
import { sizeOf } from "../../exact/frame.ts"
import { amended, only, saved } from "./amended.ts"

export const gatherV2 = amended<tf.GatherV2Attrs>(tf.GatherV2, (stock) => (dy, kept, attrs) => {
  const [x, indices] = [saved(kept, 0), saved(kept, 1)]
  const { axis: given, batchDims: counted } = attrs
  const [axis = 0] = tf.util.parseAxisParam(given, x.shape)
  const batchDims = counted < 0 ? counted + indices.rank : counted
  const none = () => tf.zeros(indices.shape)
  if (batchDims < 2) return { ...stock(dy, kept, { ...attrs, axis, batchDims }), indices: none }
  const batch = sizeOf(x.shape.slice(0, batchDims))
  const outer = sizeOf(x.shape.slice(batchDims, axis))
  const n = x.shape[axis] ?? 1
  const inner = sizeOf(x.shape.slice(axis + 1))
  const m = sizeOf(indices.shape.slice(batchDims))
  return {
    x: () => {
      const rows = only(dy).reshape([batch, outer, m, inner]).transpose([0, 2, 1, 3])
      const places = tf.range(0, batch, 1, "int32").mul(tf.scalar(n, "int32")).reshape([batch, 1])
      const ids = indices.reshape([batch, m]).toInt().add(places)
      return tf
        .unsortedSegmentSum(
          rows.reshape([batch * m, outer * inner]),
          ids.reshape([batch * m]) as tf.Tensor1D,
          batch * n,
        )
        .reshape([batch, n, outer, inner])
        .transpose([0, 2, 1, 3])
        .reshape(x.shape)
    },
    indices: none,
  }
})
