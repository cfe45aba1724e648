/**
 * `BijouAddBias`: x + bias for every row, in place: the output is the buffer of x, so x must be the caller's own and no longer wanted.
 *
 * Inputs `x` (float32 [..., width]) and `bias` (float32 [width]).
 */
import { inputOf } from "../cpu/fromTyped.ts"
import { compile, onHeap, rowsOf } from "./assembler/Routine.ts"

export const bijouAddBias = onHeap("BijouAddBias", (heap, inputs) => {
  const [x, bias] = [inputOf(inputs, "x"), inputOf(inputs, "bias")]
  heap.touch(x)
  heap.touch(bias)
  const [rows, width] = rowsOf(x.shape)
  add(heap.backend, { rows, width, x: heap.place(x), bias: heap.place(bias) })
  return heap.same(x)
})

const add = compile({
  wholes: ["rows", "width", "x", "bias"],
  numbers: [],
  body: ({ add, advance, along, counter, repeat, times }, { rows, width, x, bias }) => {
    const row = counter(x)
    repeat(rows, () => {
      along(width, (part) => part.store(row, add(part.load(row), part.load(bias))))
      advance(row, times(width, 4))
    })
  },
})
