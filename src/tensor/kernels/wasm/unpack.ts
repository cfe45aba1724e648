/** Unpacks parities in lanes, if the elements fill complete words. */
import { sizeOf } from "../../../exact/frame.ts"
import { unpackLoop } from "../cpu/unpack.ts"
import { unpack } from "../spec/unpack.ts"
import { inLanes } from "./Heap.ts"
import { unpackWords, WORD } from "./parities.ts"
import { compile } from "./assembler/Routine.ts"

export const bijouUnpack = inLanes(unpack, unpackLoop, (heap, { words }, { shape, fractionBits }) => {
  const count = sizeOf(words.shape)
  if (sizeOf(shape) !== count * WORD) return null
  const out = heap.output(shape, "float32")
  heap.touch(words)
  const unit = 2 ** -fractionBits
  unpacked(heap.backend, { count, words: heap.place(words), out: heap.place(out), unit })
  return out
})

const unpacked = compile({
  integers: ["count", "words", "out"],
  numbers: ["unit"],
  body: (code, { count, words, out }, { unit }) =>
    unpackWords(code, { count, words, rows: { out } }, ({ offset }, odds, at) =>
      code.store(at.out, code.and(odds, unit), offset),
    ),
})
