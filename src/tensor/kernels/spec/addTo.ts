/** A running sum of gradients. */
import { tf } from "../../tf.ts"
import { alike } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { makes, writtenOver } from "./Outcome.ts"

/** Computes sum + x. May overwrite sum, so the caller must own sum and must not use it again. */
export const addTo: Kernel<{ readonly sum: One; readonly x: One }, {}, One> = {
  name: "BijouAddTo",
  layer: "A sum of gradients",
  check: (call) => void alike(call, "sum", "x"),
  outcome: ({ sum }, _attributes, target) => makes(writtenOver(sum, target)),
  composed: ({ sum, x }) => tf.add(sum, x),
}
