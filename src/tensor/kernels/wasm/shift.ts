/** Shifts activations by parities in lanes, if the elements fill complete words. */
import { sizeOf } from "../../../exact/frame.ts"
import { shiftLoop } from "../cpu/shift.ts"
import { shift } from "../spec/shift.ts"
import { inLanes } from "./Heap.ts"
import { unpackWords, WORD } from "./parities.ts"
import { compile } from "./assembler/Routine.ts"

export const bijouShift = inLanes(shift, shiftLoop, (heap, { x, words }, { by }) => {
  const count = sizeOf(x.shape) / WORD
  if (!Number.isInteger(count)) return null
  const out = heap.output(x.shape, "float32")
  heap.touch(x)
  heap.touch(words)
  const { place } = heap
  shifted(heap.backend, { count, x: place(x), words: place(words), out: place(out), by })
  return out
})

const shifted = compile({
  integers: ["count", "x", "words", "out"],
  numbers: ["by"],
  body: (code, { count, words, x, out }, { by }) => {
    const { add, and, constant, load, store } = code
    unpackWords(code, { count, words, rows: { x, out } }, ({ offset }, odds, at) =>
      store(at.out, add(add(load(at.x, offset), and(odds, by)), constant(0)), offset),
    )
  },
})
