/** The range guard in lanes. */
import { sizeOf } from "../../../exact/frame.ts"
import { largest } from "../spec/largest.ts"
import { compile } from "./assembler/Routine.ts"
import { onHeap } from "./Heap.ts"

export const bijouLargest = onHeap(largest, (heap, { x }) => {
  const out = heap.output([], "float32")
  heap.touch(x)
  find(heap.backend, { count: sizeOf(x.shape), x: heap.place(x), out: heap.place(out) })
  return out
})

const find = compile({
  integers: ["count", "x", "out"],
  numbers: [],
  body: ({ largest, storeOne }, { count, x, out }) =>
    storeOne(
      out,
      largest(count, (part) => part.load(x)),
    ),
})
