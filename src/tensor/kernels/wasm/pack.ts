/** Packs parities in lanes, if the elements fill complete words. */
import { sizeOf } from "../../../exact/frame.ts"
import { packLoop } from "../cpu/pack.ts"
import { pack } from "../spec/pack.ts"
import { inLanes } from "./Heap.ts"
import { oddsOf, packWords, WORD } from "./parities.ts"
import { compile } from "./assembler/Routine.ts"

export const bijouPack = inLanes(pack, packLoop, (heap, { x }, { fractionBits }) => {
  const count = sizeOf(x.shape) / WORD
  if (!Number.isInteger(count)) return null
  const words = heap.output([count], "int32")
  heap.touch(x)
  packed(heap.backend, {
    count,
    x: heap.place(x),
    words: heap.place(words),
    half: 2 ** fractionBits / 2,
  })
  return words
})

const packed = compile({
  integers: ["count", "x", "words"],
  numbers: ["half"],
  body: (code, { count, x, words }, { half }) =>
    packWords(code, { count, words, rows: { x } }, ({ offset }, at) => oddsOf(code, code.load(at.x, offset), half)),
})
