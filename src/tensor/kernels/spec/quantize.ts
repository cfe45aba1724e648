/** Rounding to the grid. */
import { tf } from "../../tf.ts"
import { alike } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, makes } from "./Outcome.ts"
import { oneZero } from "./samples.ts"

/** Computes Q(x) = round(x scale) step, half to even and with every zero +0, where scale = 2^l and step = 2^-l. */
export const quantize: Kernel<{ readonly x: One }, { readonly scale: number; readonly step: number }, One> = {
  name: "BijouQuantize",
  layer: "Rounding to the grid",
  check: (call) => void alike(call, "x"),
  outcome: ({ x }) => makes(like(x)),
  composed: ({ x }, { scale, step }) => tf.tidy(() => oneZero(tf.mul(tf.round(tf.mul(x, scale)), step))),
}
