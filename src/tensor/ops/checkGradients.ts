/**
 * Checks gradients before an optimizer uses them.
 */
import { LayerFailed } from "../../core/errors/LayerFailed.ts"
import type { Params } from "../../core/Params.ts"
import { sameShape } from "../../exact/frame.ts"
import { isTensor } from "../values/tree.ts"

// ---------------------------------------------------------- destructors

/**
 * Throws `LayerFailed` for the first parameter whose gradient has another shape, which a hand-written vjp may return.
 */
export const checkGradients = <P>(params: Params<P>, p: P, grads: P): void => {
  const gradients = params.leaves(grads)
  for (const [i, [path, leaf]] of params.leaves(p).entries()) {
    const gradient = gradients[i]?.[1]
    if (!isTensor(leaf) || !isTensor(gradient)) continue
    if (sameShape(gradient.shape, leaf.shape)) continue
    const names = path.split("/")
    throw new LayerFailed({
      path: names.slice(0, -1),
      cause: new Error(
        `the gradient of its parameter ${names.at(-1)} has the shape [${gradient.shape.join(", ")}], but the parameter has [${leaf.shape.join(", ")}]. Return gradients of the parameters' shapes from vjp.`,
      ),
    })
  }
}
