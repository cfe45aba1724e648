/**
 * `UnsortedSegmentSum`, the gradient of gather: sums the rows of x by segment.
 *
 * The inputs are `x` [rows, ...] and `segmentIds` int32 [rows]; the attribute is `numSegments`. The output has the
 * shape [numSegments, ...]. It is int32 if x is, and float32 otherwise. Rows are added in order, in float64, and
 * rounded once. These are the bits of the stock cpu kernel, which masks all of x once per segment. Ids out of range are
 * ignored.
 */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import { sizeOf } from "../../../../exact/frame.ts"
import type { unsortedSegmentSum } from "../../spec/stock.ts"
import type { LoopOf } from "../Loop.ts"

export const unsortedSegmentSumLoop: LoopOf<typeof unsortedSegmentSum> = (
  access,
  { x, segmentIds },
  { numSegments },
) => {
  const rows = x.shape[0]!
  const width = sizeOf(x.shape.slice(1))
  const out = access.output([numSegments, ...x.shape.slice(1)], x.dtype === "int32" ? "int32" : "float32")
  access.touch(x)
  access.touch(segmentIds)
  const values = access.view(x)
  const ids = access.view(segmentIds)
  const sums = access.view(out)

  // A stable counting sort: `order` lists the rows of segment s in order, from start[s] to start[s + 1].
  const start = new Int32Array(numSegments + 2)
  for (let r = 0; r < rows; r++) if (ids[r]! >= 0 && ids[r]! < numSegments) start[ids[r]! + 2]!++
  for (let s = 2; s < numSegments + 2; s++) start[s]! += start[s - 1]!
  const order = new Int32Array(rows)
  for (let r = 0; r < rows; r++) if (ids[r]! >= 0 && ids[r]! < numSegments) order[start[ids[r]! + 1]!++] = r

  const sum = new Float64Array(width)
  for (let s = 0; s < numSegments; s++) {
    sum.fill(0)
    for (let i = start[s]!; i < start[s + 1]!; i++) {
      const at = order[i]! * width
      for (let j = 0; j < width; j++) sum[j]! += values[at + j]!
    }
    sums.set(sum, s * width)
  }
  return out
}
