/** The bias of a linear layer, and its gradient. */
import { tf } from "../../tf.ts"
import { asRows } from "./asRows.ts"
import { alike, rowwise } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { fresh, makes, rowsOf, writtenOver } from "./Outcome.ts"

/**
 * Computes x + bias for every row of x, `[..., width]`; `bias` is `[width]`. May overwrite x, so the caller must own x
 * and must not use it again.
 */
export const addBias: Kernel<{ readonly x: One; readonly bias: One }, {}, One> = {
  name: "BijouAddBias",
  layer: "Linear",
  check: (call) => void rowwise(call, "x", "bias"),
  outcome: ({ x }, _attributes, target) => makes(writtenOver(x, target)),
  composed: ({ x, bias }) => tf.add(x, bias),
}

/** Sums dy, `[..., width]`, over its rows: `[width]`. */
export const biasGrad: Kernel<{ readonly dy: One }, {}, One> = {
  name: "BijouBiasGrad",
  layer: "The gradient of Linear",
  check: (call) => void alike(call, "dy"),
  outcome: ({ dy }) => makes(fresh([rowsOf(dy.shape)[1]])),
  composed: ({ dy }) => tf.tidy(() => asRows(dy).sum(0)),
}
