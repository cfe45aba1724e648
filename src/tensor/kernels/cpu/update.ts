/**
 * A BDIA step as a loop. Every operation is in float32, with the bits of running `pack`, `shift`, `times` and `drift`
 * one after the other.
 */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import { sizeOf } from "../../../exact/frame.ts"
import type { update } from "../spec/update.ts"
import type { LoopOf } from "./Loop.ts"
import { drift } from "./step.ts"

export const updateLoop: LoopOf<typeof update> = (access, { previous, x, h }, given) => {
  const n = sizeOf(previous.shape)
  const next = access.output(previous.shape, "float32")
  const words = access.output([Math.ceil(n / 32)], "int32")
  for (const input of [previous, x, h]) access.touch(input)
  const [before, now, change, after] = [access.view(previous), access.view(x), access.view(h), access.view(next)]
  const plane = access.view(words)
  const { scale, step } = given
  const run = n / given.gamma.length
  plane.fill(0)
  for (let sample = 0, i = 0; sample < given.gamma.length; sample++) {
    const [g, own, other] = [given.gamma[sample]!, given.own[sample]!, given.change[sample]!]
    for (const end = i + run; i < end; i++) {
      // The lowest bit of an integer in two's complement is the parity of its absolute value.
      const s = (before[i]! * scale) & 1
      plane[i >> 5]! |= s << (i & 31)
      after[i] = Math.fround(g * Math.fround(before[i]! + s * step)) + drift(own * now[i]!, other * change[i]!, step)
    }
  }
  return [next, words]
}
