/** The gradient of a BDIA step as a loop. Every operation is in float32 and in the order of its contract. */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import type { cotangent } from "../spec/cotangent.ts"
import type { LoopOf } from "./Loop.ts"

export const cotangentLoop: LoopOf<typeof cotangent> = (access, { dx, dn, jx }, { gamma }) => {
  const outs = [access.output(dx.shape, "float32"), access.output(dx.shape, "float32")] as const
  for (const input of [dx, dn, jx]) access.touch(input)
  const [current, next, through] = [access.view(dx), access.view(dn), access.view(jx)]
  const [previous, x] = [access.view(outs[0]), access.view(outs[1])]
  const run = previous.length / gamma.length
  for (let sample = 0, i = 0; sample < gamma.length; sample++) {
    const g = gamma[sample]!
    // The composition also multiplies by this factor in float32.
    const rest = Math.fround(1 - g)
    for (const end = i + run; i < end; i++) {
      previous[i] = g * next[i]!
      x[i] = Math.fround(current[i]! + Math.fround(rest * next[i]!)) + through[i]!
    }
  }
  return outs
}
