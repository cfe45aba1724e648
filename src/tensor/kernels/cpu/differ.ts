/**
 * The self-check as a loop. It counts the elements whose bits differ: exactly below 2^24, and never rounded to 0. NaN
 * equals NaN. It supports float32 and int32.
 */
import { sizeOf } from "../../../exact/frame.ts"
import type { differ } from "../spec/differ.ts"
import type { LoopOf } from "./Loop.ts"

export const differLoop: LoopOf<typeof differ> = (access, { x, y }) => {
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
