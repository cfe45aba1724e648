/**
 * `BijouShift` as a loop: x + s d, with s the parities packed by `BijouPack` and d the same for all: 2^-l lifts, -2^-l lowers.
 *
 * Inputs `x` (float32, of n elements) and `words` (int32 [ceil(n / 32)]), attribute `by` (d). Output float32 in the shape of x, every zero +0.
 */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import { inputOf, type Typed } from "./fromTyped.ts"

export const shift: Typed = (access, inputs, attrs) => {
  const x = inputOf(inputs, "x")
  const words = inputOf(inputs, "words")
  const by = Number(attrs["by"])
  const out = access.output(x.shape, "float32")
  access.touch(x)
  access.touch(words)
  const values = access.view(x)
  const plane = access.view(words)
  const to = access.view(out)
  for (let w = 0, i = 0; i < to.length; w++) {
    const last = Math.min(to.length, i + 32)
    for (let word = plane[w]!; i < last; i++, word >>>= 1) to[i] = values[i]! + (word & 1) * by + 0
  }
  return out
}
