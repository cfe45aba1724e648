/**
 * `BijouUpdate` as a loop: the step of BDIA, and the parities that it loses.
 *
 *     next = gamma (previous + s step) + Q,   Q = round(own x + change h) step
 *
 * Inputs `previous`, `x` and `h` (float32 [batch, ...], of one shape); attributes `gamma`, `own`, `change` (of each sample: g, (1-g) 2^l, (1+g) 2^l),
 * `scale` (2^l) and `step` (2^-l). Outputs next, and s as `BijouPack` packs it. Q rounds half to even and has one zero; every operation is in
 * float32, in this order: the bits of `BijouPack`, `BijouShift` and `BijouDrift`.
 */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf, type Typed } from "./fromTyped.ts"
import { asStep, drift } from "./step.ts"

export const update: Typed = (access, inputs, attrs) => {
  const [previous, x, h] = [inputOf(inputs, "previous"), inputOf(inputs, "x"), inputOf(inputs, "h")]
  const n = sizeOf(previous.shape)
  const next = access.output(previous.shape, "float32")
  const words = access.output([Math.ceil(n / 32)], "int32")
  for (const input of [previous, x, h]) access.touch(input)
  const [before, now, change, after] = [access.view(previous), access.view(x), access.view(h), access.view(next)]
  const plane = access.view(words)
  const given = asStep(attrs)
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
