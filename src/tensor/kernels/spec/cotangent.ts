/** The gradient of a BDIA step, except that of the residual. */
import { tf } from "../../tf.ts"
import { dispatch } from "../dispatch.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, makesAll } from "./Outcome.ts"
import { checkStep, type PerSample } from "./samples.ts"
import { times } from "./times.ts"

/**
 * The inputs: the cotangents `dx` and `dn` of the states after the step, and the cotangent `jx` of x through h. All are
 * float32 `[batch, ...]` of one shape.
 */
interface Inputs {
  readonly dx: One
  readonly dn: One
  readonly jx: One
}

/**
 * Computes g dn, the cotangent of the previous state, and (dx + (1-g) dn) + jx, the cotangent of x, with additions in
 * this order.
 */
export const cotangent: Kernel<Inputs, { readonly gamma: PerSample }, readonly [previous: One, x: One]> = {
  name: "BijouCotangent",
  layer: "The gradient of a step of BDIA",
  check: (call) => void checkStep(call, ["dx", "dn", "jx"], { gamma: call.attributes.gamma }),
  outcome: ({ dx, dn }) => makesAll(like(dn), like(dx)),
  composed: ({ dx, dn, jx }, { gamma }) =>
    tf.tidy(() => {
      const straight = dispatch(times, { x: dn }, { factor: gamma.map((g) => 1 - g) })
      return [dispatch(times, { x: dn }, { factor: gamma }), tf.add(tf.add(dx, straight), jx)] as const
    }),
}
