/** `BijouBiasGrad`: the sum of dy over rows, the gradient of a bias, 64 rows at a time. Input `dy` (float32 [..., width]). Output float32 [width]. */
import { inputOf } from "../cpu/fromTyped.ts"
import { columnSums } from "./rows.ts"
import { compile, onHeap, rowsOf } from "./assembler/Routine.ts"

export const bijouBiasGrad = onHeap("BijouBiasGrad", (heap, inputs) => {
  const dy = inputOf(inputs, "dy")
  const [rows, width] = rowsOf(dy.shape)
  const out = heap.output([width], "float32")
  return heap.scratch(width, (chunk) => {
    heap.touch(dy)
    addUp(heap.backend, { rows, width, dy: heap.place(dy), total: heap.place(out), chunk })
    return out
  })
})

const addUp = compile({
  wholes: ["rows", "width", "dy", "total", "chunk"],
  numbers: [],
  body: (code, { rows, width, total, chunk, ...first }) => {
    const { add, advance, along, counter, times } = code
    const dy = counter(first.dy)
    columnSums(code, { rows, count: width, chunk, total }, () => {
      along(width, (part) => part.store(chunk, add(part.load(chunk), part.load(dy))))
      advance(dy, times(width, 4))
    })
  },
})
