/** A running sum in lanes, which overwrites the sum. */
import { sizeOf } from "../../../exact/frame.ts"
import { addTo } from "../spec/addTo.ts"
import { addUp } from "./stock/Add.ts"
import { onHeap } from "./Heap.ts"

export const bijouAddTo = onHeap(addTo, (heap, { sum, x }) => {
  heap.touch(sum)
  heap.touch(x)
  const place = heap.place(sum)
  addUp(heap.backend, { count: sizeOf(sum.shape), a: place, b: heap.place(x), out: place })
  return heap.same(sum)
})
