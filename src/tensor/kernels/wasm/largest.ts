/** `BijouLargest`: the largest |x|, or NaN where there is one. Input `x` (float32, of n elements). Output float32 []. */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { compile, onHeap } from "./assembler/Routine.ts"

export const bijouLargest = onHeap("BijouLargest", (heap, inputs) => {
  const x = inputOf(inputs, "x")
  const out = heap.output([], "float32")
  heap.touch(x)
  find(heap.backend, { count: sizeOf(x.shape), x: heap.place(x), out: heap.place(out) })
  return out
})

const find = compile({
  wholes: ["count", "x", "out"],
  numbers: [],
  body: ({ largest, storeOne }, { count, x, out }) =>
    storeOne(
      out,
      largest(count, (part) => part.load(x)),
    ),
})
