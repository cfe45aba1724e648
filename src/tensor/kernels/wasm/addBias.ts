/** The bias of a linear layer in lanes, which overwrites x, and its gradient. */
import { addBias, biasGrad } from "../spec/addBias.ts"
import { compile } from "./assembler/Routine.ts"
import { onHeap } from "./Heap.ts"
import { rowsOf } from "../spec/Outcome.ts"
import { columnSums } from "./rows.ts"

export const bijouAddBias = onHeap(addBias, (heap, { x, bias }) => {
  heap.touch(x)
  heap.touch(bias)
  const [rows, width] = rowsOf(x.shape)
  add(heap.backend, { rows, width, x: heap.place(x), bias: heap.place(bias) })
  return heap.same(x)
})

const add = compile({
  integers: ["rows", "width", "x", "bias"],
  numbers: [],
  body: ({ add, advance, along, counter, i32, repeat }, { rows, width, x, bias }) => {
    const row = counter(x)
    repeat(rows, () => {
      along(width, (part) => part.store(row, add(part.load(row), part.load(bias))))
      advance(row, i32.mul(width, 4))
    })
  },
})

/** Sums rows in chunks of 64. */
export const bijouBiasGrad = onHeap(biasGrad, (heap, { dy }) => {
  const [rows, width] = rowsOf(dy.shape)
  const out = heap.output([width], "float32")
  return heap.scratch(width, (chunk) => {
    heap.touch(dy)
    addUp(heap.backend, { rows, width, dy: heap.place(dy), total: heap.place(out), chunk })
    return out
  })
})

const addUp = compile({
  integers: ["rows", "width", "dy", "total", "chunk"],
  numbers: [],
  body: (code, { rows, width, total, chunk, ...first }) => {
    const { add, advance, along, counter, i32 } = code
    const dy = counter(first.dy)
    columnSums(code, { rows, count: width, chunk, total }, () => {
      along(width, (part) => part.store(chunk, add(part.load(chunk), part.load(dy))))
      advance(dy, i32.mul(width, 4))
    })
  },
})
