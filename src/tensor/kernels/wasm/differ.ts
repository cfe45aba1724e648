/** The self-check in lanes for float32. Integers are compared in a loop. */
import { sizeOf } from "../../../exact/frame.ts"
import { differLoop } from "../cpu/differ.ts"
import { differ } from "../spec/differ.ts"
import { inLanes } from "./Heap.ts"
import { compile } from "./assembler/Routine.ts"

export const bijouDiffer = inLanes(differ, differLoop, (heap, { x, y }) => {
  // The lanes treat some bit patterns as NaN, which integers do not have.
  if (x.dtype !== "float32") return null
  const out = heap.output([], "float32")
  heap.touch(x)
  heap.touch(y)
  compare(heap.backend, { count: sizeOf(x.shape), x: heap.place(x), y: heap.place(y), out: heap.place(out) })
  return out
})

const compare = compile({
  integers: ["count", "x", "y", "out"],
  numbers: [],
  body: ({ and, andnot, constant, i32x4, ne, storeOne, sum }, { count, x, y, out }) => {
    const different = sum(count, (part) => {
      const [a, b] = [part.load(x), part.load(y)]
      const alike = andnot(constant(1), i32x4.eq(a, b))
      return andnot(alike, and(ne(a, a), ne(b, b)))
    })
    storeOne(out, different)
  },
})
