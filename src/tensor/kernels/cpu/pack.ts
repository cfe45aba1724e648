/**
 * `BijouPack` as a loop: the parities of a tensor on the grid, 32 in an int32 word.
 *
 * Input `x` (float32, values k 2^-l, any shape), attribute `fractionBits` (l). Output int32 [ceil(n / 32)]: bit i mod 32 of word i div 32,
 * least significant first, is the parity of k_i (|k| mod 2 for negatives). The bits behind the last element are 0.
 */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf, type Typed } from "./fromTyped.ts"

export const pack: Typed = (access, inputs, attrs) => {
  const x = inputOf(inputs, "x")
  const n = sizeOf(x.shape)
  const out = access.output([Math.ceil(n / 32)], "int32")
  access.touch(x)
  const values = access.view(x)
  const words = access.view(out)
  const scale = 2 ** Number(attrs["fractionBits"])
  for (let w = 0, i = 0; i < n; w++) {
    const last = Math.min(n, i + 32)
    let word = 0
    // ToInt32 keeps the lowest bit of any integer, and two's complement has the parity of |k| there.
    for (let bit = 0; i < last; i++, bit++) word |= ((values[i]! * scale) & 1) << bit
    words[w] = word
  }
  return out
}
