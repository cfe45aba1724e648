/** Shifts activations by parities in a loop. */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import type { shift } from "../spec/shift.ts"
import type { LoopOf } from "./Loop.ts"

export const shiftLoop: LoopOf<typeof shift> = (access, { x, words }, { by }) => {
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
