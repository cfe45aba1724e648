/**
 * `BijouAddTo`: sum + x, in place: the output is the buffer of sum, so sum must be the caller's own and no longer wanted.
 *
 * Inputs `sum` and `x` (float32, of one shape).
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { addUp } from "./stock/Add.ts"
import { onHeap } from "./assembler/Routine.ts"

export const bijouAddTo = onHeap("BijouAddTo", (heap, inputs) => {
  const [sum, x] = [inputOf(inputs, "sum"), inputOf(inputs, "x")]
  heap.touch(sum)
  heap.touch(x)
  const place = heap.place(sum)
  addUp(heap.backend, { count: sizeOf(sum.shape), a: place, b: heap.place(x), out: place })
  return heap.same(sum)
})
