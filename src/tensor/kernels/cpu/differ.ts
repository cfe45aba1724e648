/**
 * `BijouDiffer` as a loop: in how many elements two tensors of one shape and type have other bits; one NaN is like another.
 *
 * Inputs `x` and `y` (float32 or int32). Output float32 [], a count that is exact below 2^24 and never 0 by rounding.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf, type Typed } from "./fromTyped.ts"

export const differ: Typed = (access, inputs) => {
  const x = inputOf(inputs, "x")
  const y = inputOf(inputs, "y")
  const out = access.output([], "float32")
  access.touch(x)
  access.touch(y)
  const [a, b] = [access.view(x), access.view(y)]
  const p = new Int32Array(a.buffer, a.byteOffset, a.length)
  const q = new Int32Array(b.buffer, b.byteOffset, b.length)
  const n = sizeOf(x.shape)
  let count = 0
  for (let i = 0; i < n; i++) if (p[i] !== q[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) count++
  access.view(out)[0] = count
  return out
}
