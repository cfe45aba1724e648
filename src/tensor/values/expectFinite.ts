import { Env } from "../../core/Env.ts"
import type { Params } from "../../core/Params.ts"
import { tensorLeaves } from "./parameterSide.ts"

/** Claims that all gradients are finite; `GradientNotFinite` names the first one that is not. Borrows the gradients. */
export const expectFinite = <P>(env: Env<unknown>, params: Params<P>, grads: P): void => {
  for (const [parameter, x] of tensorLeaves(params, grads))
    if (x.size > 0) env.watch.expect({ _tag: "Finite", place: Env.place(env), x, parameter })
}
