/**
 * `BijouCotangent` as a loop: the cotangents before a step of BDIA, given those after it.
 *
 *     previous = gamma dn,   x = (dx + (1 - gamma) dn) + jx
 *
 * Inputs `dx`, `dn` and `jx` (float32 [batch, ...], of one shape; jx is the cotangent through h), attribute `gamma` (of each sample). Outputs both,
 * every operation in float32, in this order.
 */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import { inputOf, type Typed } from "./fromTyped.ts"

export const cotangent: Typed = (access, inputs, attrs) => {
  const [dx, dn, jx] = [inputOf(inputs, "dx"), inputOf(inputs, "dn"), inputOf(inputs, "jx")]
  const outs = [access.output(dx.shape, "float32"), access.output(dx.shape, "float32")] as const
  for (const input of [dx, dn, jx]) access.touch(input)
  const [current, next, through] = [access.view(dx), access.view(dn), access.view(jx)]
  const [previous, x] = [access.view(outs[0]), access.view(outs[1])]
  const gamma = attrs["gamma"] as readonly number[] // the attribute is ours
  const run = previous.length / gamma.length
  for (let sample = 0, i = 0; sample < gamma.length; sample++) {
    const g = gamma[sample]!
    // As float32 has it, which the composition multiplies by.
    const rest = Math.fround(1 - g)
    for (const end = i + run; i < end; i++) {
      previous[i] = g * next[i]!
      x[i] = Math.fround(current[i]! + Math.fround(rest * next[i]!)) + through[i]!
    }
  }
  return [...outs]
}
