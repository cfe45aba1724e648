/** `BijouColumnSums`: the sum of x over rows, the gradient of a bias, 64 rows at a time. Input `x` (float32 [..., width]). Output float32 [width]. */
import { inputOf } from "../typed/fromTyped.ts"
import { columnSums } from "./rows.ts"
import { compile, onHeap, rowsOf } from "./Routine.ts"

export const bijouColumnSums = onHeap("BijouColumnSums", (heap, inputs) => {
  const x = inputOf(inputs, "x")
  const [rows, width] = rowsOf(x.shape)
  const out = heap.output([width], "float32")
  return heap.scratch(width, (chunk) => {
    heap.touch(x)
    addUp(heap.backend, { rows, width, x: heap.place(x), total: heap.place(out), chunk })
    return out
  })
})

const addUp = compile({
  wholes: ["rows", "width", "x", "total", "chunk"],
  numbers: [],
  body: (code, { rows, width, total, chunk, ...first }) => {
    const { add, advance, along, counter, times } = code
    const x = counter(first.x)
    columnSums(code, { rows, count: width, chunk, total }, () => {
      along(width, (part) => part.store(chunk, add(part.load(chunk), part.load(x))))
      advance(x, times(width, 4))
    })
  },
})
