/**
 * `BijouUnpack` as a loop: parities packed by `BijouPack`, as a tensor of 0 and 2^-l.
 *
 * Input `words` (int32 [ceil(n / 32)]), attributes `shape` (of n elements) and `fractionBits` (l). Output float32 of that shape.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf, type Typed } from "./fromTyped.ts"

export const unpack: Typed = (access, inputs, attrs) => {
  const words = inputOf(inputs, "words")
  const shape = attrs["shape"] as readonly number[] // the attribute is ours, and is always a shape
  const n = sizeOf(shape)
  if (sizeOf(words.shape) !== Math.ceil(n / 32)) {
    throw new Error(
      `The shape [${shape}] has ${n} elements, which is ${Math.ceil(n / 32)} words, but the plane has ${sizeOf(words.shape)}.`,
    )
  }
  const out = access.output(shape, "float32")
  access.touch(words)
  const plane = access.view(words)
  const values = access.view(out)
  const unit = 2 ** -Number(attrs["fractionBits"])
  for (let w = 0, i = 0; i < n; w++) {
    const last = Math.min(n, i + 32)
    for (let word = plane[w] ?? 0; i < last; i++, word >>>= 1) values[i] = (word & 1) * unit
  }
  return out
}
