/** The inverse of a BDIA step as a loop. It multiplies by 1 / g, a power of two. */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import type { inverse } from "../spec/inverse.ts"
import type { LoopOf } from "./Loop.ts"
import { drift } from "./step.ts"

export const inverseLoop: LoopOf<typeof inverse> = (access, { x, next, h, words }, given) => {
  const out = access.output(x.shape, "float32")
  for (const input of [x, next, h, words]) access.touch(input)
  const [now, after, change, before] = [access.view(x), access.view(next), access.view(h), access.view(out)]
  const plane = access.view(words)
  const { step } = given
  const run = before.length / given.gamma.length
  for (let sample = 0, i = 0; sample < given.gamma.length; sample++) {
    const [back, own, other] = [1 / given.gamma[sample]!, given.own[sample]!, given.change[sample]!]
    for (const end = i + run; i < end; i++) {
      const s = (plane[i >> 5]! >>> (i & 31)) & 1
      const rest = Math.fround(after[i]! - drift(own * now[i]!, other * change[i]!, step))
      before[i] = Math.fround(rest * back) - s * step + 0
    }
  }
  return out
}
