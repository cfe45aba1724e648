/**
 * Ownership of tensors by `tf.tidy` and by handles that count references to one buffer.
 */
import type { Scope } from "../../core/Scope.ts"
import { tf } from "../tf.ts"
import { mapTensors, tensorsIn } from "./tree.ts"

/** The error message for a disposed tensor. */
export const freedAlready =
  "one of its input tensors is already disposed. A pullback consumes its output, side and cotangent, and a training step consumes the old parameters."

// ------------------------------------------------------------ instances

/**
 * The scope of tensors: `within` is `tf.tidy`, `own` makes new handles to the same buffers, and `release` disposes
 * them.
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
