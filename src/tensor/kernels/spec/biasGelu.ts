/** The bias of a linear layer followed by GELU, and their gradient. */
import { tf } from "../../tf.ts"
import { dispatch } from "../dispatch.ts"
import { biasGrad } from "./addBias.ts"
import { alike, rowwise } from "./checks.ts"
import { gelu, geluGrad, type GeluAttributes } from "./gelu.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, fresh, makesAll, rowsOf, writtenOver } from "./Outcome.ts"

/**
 * Computes a = x + bias for every row of x, `[..., width]`, and gelu(a). May overwrite x with a, so the caller must own
 * x.
 */
export const biasGelu: Kernel<
  { readonly x: One; readonly bias: One },
  GeluAttributes,
  readonly [a: One, activated: One]
> = {
  name: "BijouBiasGelu",
  layer: "Mlp",
  check: (call) => void rowwise(call, "x", "bias"),
  outcome: ({ x }, _attributes, target) => makesAll(writtenOver(x, target), like(x)),
  composed: ({ x, bias }, attributes) => {
    const a = tf.add(x, bias)
    return [a, tf.tidy(() => dispatch(gelu, { x: a }, attributes))]
  },
}

/**
 * Computes the gradients of gelu(x + bias), given a = x + bias: dx and the sum of dx over rows. On wasm it also returns
 * gelu(a), which the gradient of the next weight needs. May overwrite dy with dx and a with gelu(a), so the caller must
 * own both.
 */
export const biasGeluGrad: Kernel<
  { readonly a: One; readonly dy: One },
  GeluAttributes,
  readonly [dx: One, dbias: One, activated?: One]
> = {
  name: "BijouBiasGeluGrad",
  layer: "The gradient of Mlp",
  check: (call) => void alike(call, "a", "dy"),
  outcome: ({ a, dy }, _attributes, target) => {
    const dx = writtenOver(dy, target)
    const dbias = fresh([rowsOf(a.shape)[1]])
    return target.backend === "wasm" ? makesAll(dx, dbias, writtenOver(a, target)) : makesAll(dx, dbias)
  },
  composed: ({ a, dy }, attributes) => {
    const dx = tf.tidy(() => dispatch(geluGrad, { x: a, dy }, attributes))
    return [dx, dispatch(biasGrad, { dy: dx })]
  },
}
