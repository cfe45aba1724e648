/** Packs parities in a loop, 32 per int32 word. */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import { sizeOf } from "../../../exact/frame.ts"
import type { pack } from "../spec/pack.ts"
import type { LoopOf } from "./Loop.ts"

export const packLoop: LoopOf<typeof pack> = (access, { x }, { fractionBits }) => {
  const n = sizeOf(x.shape)
  const out = access.output([Math.ceil(n / 32)], "int32")
  access.touch(x)
  const values = access.view(x)
  const words = access.view(out)
  const scale = 2 ** fractionBits
  for (let w = 0, i = 0; i < n; w++) {
    const last = Math.min(n, i + 32)
    let word = 0
    // ToInt32 keeps the lowest bit of any integer, which in two's complement is the parity of |k|.
    for (let bit = 0; i < last; i++, bit++) word |= ((values[i]! * scale) & 1) << bit
    words[w] = word
  }
  return out
}
