/** `BijouPack` (see `typed/BijouPack.ts`), where the elements are whole words. */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { pack } from "../cpu/pack.ts"
import { fromBoth } from "./fromBoth.ts"
import { oddsOf, packWords, WORD } from "./parities.ts"
import { compile } from "./assembler/Routine.ts"

export const bijouPack = fromBoth("BijouPack", pack, (heap, inputs, attrs) => {
  const x = inputOf(inputs, "x")
  const count = sizeOf(x.shape) / WORD
  if (!Number.isInteger(count)) return null
  const words = heap.output([count], "int32")
  heap.touch(x)
  packed(heap.backend, {
    count,
    x: heap.place(x),
    words: heap.place(words),
    half: 2 ** Number(attrs["fractionBits"]) / 2,
  })
  return words
})

const packed = compile({
  wholes: ["count", "x", "words"],
  numbers: ["half"],
  body: (code, { count, x, words }, { half }) =>
    packWords(code, { count, words, rows: { x } }, ({ offset }, at) => oddsOf(code, code.load(at.x, offset), half)),
})
