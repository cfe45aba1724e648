/**
 * Ownership of tensors: TensorFlow.js's tidy, and handles that count references to one buffer.
 */
import type { Scope } from "../core/Scope.ts"
import { tf } from "./tf.ts"
import { mapTensors, tensorsIn } from "./tree.ts"

// ------------------------------------------------------------ instances

/**
 * The scope of tensors: `within` is `tf.tidy`, `own` makes handles to the same buffers, and `release` disposes of them.
 */
export const tensorScope: Scope = {
  within: <A>(body: () => A) => tf.tidy(body as () => tf.TensorContainer) as A, // tidy passes any structure through
  own: (value) => mapTensors(value, (tensor) => tensor.clone()),
  release: (value) => {
    for (const tensor of tensorsIn(value)) tensor.dispose()
  },
}
