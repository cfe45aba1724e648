/** `BijouUnpack` (see `typed/BijouUnpack.ts`), where the elements are whole words. */
import { sizeOf } from "../../../exact/frame.ts"
import { unpack } from "../cpu/unpack.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { fromBoth } from "./fromBoth.ts"
import { unpackWords, WORD } from "./parities.ts"
import { compile } from "./assembler/Routine.ts"

export const bijouUnpack = fromBoth("BijouUnpack", unpack, (heap, inputs, attrs) => {
  const words = inputOf(inputs, "words")
  const shape = attrs["shape"] as readonly number[] // the attribute is ours, and is always a shape
  const count = sizeOf(words.shape)
  if (sizeOf(shape) !== count * WORD) return null
  const out = heap.output(shape, "float32")
  heap.touch(words)
  const unit = 2 ** -Number(attrs["fractionBits"])
  unpacked(heap.backend, { count, words: heap.place(words), out: heap.place(out), unit })
  return out
})

const unpacked = compile({
  wholes: ["count", "words", "out"],
  numbers: ["unit"],
  body: (code, { count, words, out }, { unit }) =>
    unpackWords(code, { count, words, rows: { out } }, ({ offset }, odds, at) =>
      code.store(at.out, code.both(odds, unit), offset),
    ),
})
