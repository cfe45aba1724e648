/**
 * Ownership of tensors: TensorFlow.js's tidy, and handles that count references to one buffer.
 */
import type { Scope } from "../../core/Scope.ts"
import { tf } from "../tf.ts"
import { mapTensors, tensorsIn } from "./tree.ts"

/** What is said of a tensor that is no more. */
export const freedAlready =
  "a tensor it was given is freed already. A pullback consumes output, side and cotangent, and a training step the parameters before it."

// ------------------------------------------------------------ instances

/**
 * The scope of tensors: `within` is `tf.tidy`, `own` makes handles to the same buffers, and `release` disposes of them.
 */
export const tensorScope: Scope = {
  within: <A>(body: () => A) => tf.tidy(body as () => tf.TensorContainer) as A, // tidy passes any structure through
  own: (value) =>
    mapTensors(value, (tensor) => {
      if (tensor.isDisposed) throw new Error(freedAlready)
      return tensor.clone()
    }),
  release: (value) => {
    for (const tensor of tensorsIn(value)) tensor.dispose()
  },
}
