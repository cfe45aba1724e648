/** Unpacks parities in a loop. */
import { sizeOf } from "../../../exact/frame.ts"
import type { unpack } from "../spec/unpack.ts"
import type { LoopOf } from "./Loop.ts"

export const unpackLoop: LoopOf<typeof unpack> = (access, { words }, { shape, fractionBits }) => {
  const n = sizeOf(shape)
  const out = access.output(shape, "float32")
  access.touch(words)
  const plane = access.view(words)
  const values = access.view(out)
  const unit = 2 ** -fractionBits
  for (let w = 0, i = 0; i < n; w++) {
    const last = Math.min(n, i + 32)
    for (let word = plane[w] ?? 0; i < last; i++, word >>>= 1) values[i] = (word & 1) * unit
  }
  return out
}
