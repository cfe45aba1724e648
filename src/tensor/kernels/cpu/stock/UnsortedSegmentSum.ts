/**
 * `UnsortedSegmentSum`, the gradient of gather: the rows of x added up by segment.
 *
 * Inputs `x` [rows, ...], `segmentIds` int32 [rows]; attribute `numSegments`. Output [numSegments, ...], int32 where x is, else float32. Rows are added in their order,
 * in float64, and rounded once: the bits of the stock cpu kernel, which masks the whole of x once for each segment. Ids outside the range
 * are dropped.
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

  // A stable counting sort: `order` lists the rows of segment s, in their order, from start[s] to start[s + 1].
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
