/** Multiplies each sample by its factor. */
import { tf } from "../../tf.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, makes } from "./Outcome.ts"
import { checkStep, coefficients, type PerSample } from "./samples.ts"

/** Multiplies each sample of x, `[batch, ...]`, by its factor. */
export const times: Kernel<{ readonly x: One }, { readonly factor: PerSample }, One> = {
  name: "BijouTimes",
  layer: "A product with gamma",
  check: (call) => void checkStep(call, ["x"], { factor: call.attributes.factor }),
  outcome: ({ x }) => makes(like(x)),
  composed: ({ x }, { factor }) => tf.tidy(() => tf.mul(x, coefficients(factor, x))),
}
