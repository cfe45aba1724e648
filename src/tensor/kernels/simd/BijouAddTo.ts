/**
 * `BijouAddTo`: sum + x, in place: the output is the buffer of sum, so sum must be the caller's own and no longer wanted.
 *
 * Inputs `sum` and `x` (float32, of one shape).
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../typed/fromTyped.ts"
import { compile, onHeap } from "./Routine.ts"

export const bijouAddTo = onHeap("BijouAddTo", (heap, inputs) => {
  const [sum, x] = [inputOf(inputs, "sum"), inputOf(inputs, "x")]
  heap.touch(sum)
  heap.touch(x)
  add(heap.backend, { count: sizeOf(sum.shape), sum: heap.place(sum), x: heap.place(x) })
  return heap.same(sum)
})

const add = compile({
  wholes: ["count", "sum", "x"],
  numbers: [],
  body: ({ add, along }, { count, sum, x }) =>
    along(count, (part) => part.store(sum, add(part.load(sum), part.load(x)))),
})
