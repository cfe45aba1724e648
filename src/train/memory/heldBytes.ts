/**
 * Measures what a network holds between the loss and the backward pass.
 */
import { either as E, type taskEither as TE } from "fp-ts"
import type { Bijection } from "../../core/Bijection.ts"
import type { Env } from "../../core/Env.ts"
import type { RevError } from "../../core/RevError.ts"
import { buffers } from "../../tensor/values/buffers.ts"
import type { tf } from "../../tensor/tf.ts"

/** Returns the bytes of the distinct buffers alive when the loss is known, less those alive before the step. */
export const heldBytes =
  <P, A, S>(net: Bijection<P, A, tf.Tensor, S>, a: A, env: Env<P>): TE.TaskEither<RevError, number> =>
  async () => {
    const before = buffers().bytes
    const result = env.scope.within(() => net.forward(a)(env))
    const held = buffers().bytes - before
    const evidence = await env.watch.settle()
    if (E.isLeft(result)) return result
    env.scope.release(result.right)
    return E.isLeft(evidence) ? evidence : E.right(held)
  }
