/**
 * The global norm of gradients, which also shows whether all of them are finite.
 *
 * In float32 the squares overflow from 1.8e19 on. Only then is each gradient examined, and the norm is computed from
 * gradients scaled by a power of two.
 */
import { either as E, type taskEither as TE } from "fp-ts"
import { GradientNotFinite } from "../core/errors/GradientNotFinite.ts"
import type { Params } from "../core/Params.ts"
import { largest } from "../tensor/values/largest.ts"
import { tensorLeaves } from "../tensor/values/parameterSide.ts"
import { tf } from "../tensor/tf.ts"

// --------------------------------------------------------- constructors

/**
 * Reads the global norm of a step's gradients from the device. `GradientNotFinite` names the first that is infinite or
 * NaN. Borrows them.
 */
export const gradientNorm =
  <P>(params: Params<P>, grads: P, step: number): TE.TaskEither<GradientNotFinite, number> =>
  async () => {
    const leaves = tensorLeaves(params, grads).filter(([, leaf]) => leaf.size > 0)
    const norm = await read(() => normOf(leaves.map(([, leaf]) => leaf)))
    if (Number.isFinite(norm)) return E.right(norm)
    let most = 0
    for (const [parameter, leaf] of leaves) {
      const value = await read(() => largest(leaf))
      if (!Number.isFinite(value)) return E.left(new GradientNotFinite({ parameter, step, value }))
      most = Math.max(most, value)
    }
    const exponent = exponentOf(most)
    const scaled = await read(() => normOf(leaves.map(([, leaf]) => tf.mul(leaf, 2 ** -exponent))))
    return E.right(scaled * 2 ** exponent)
  }

// ----------------------------------------------------------- combinators

/** Returns the square root of the sum of all squares, on the device. */
export const normOf = (grads: ReadonlyArray<tf.Tensor>): tf.Tensor =>
  tf.tidy(() =>
    grads.length === 0 ? tf.scalar(0) : tf.sqrt(tf.addN(grads.map((grad) => tf.tidy(() => tf.sum(tf.square(grad)))))),
  )

// ---------------------------------------------------------- destructors

/**
 * Returns the e with x 2^-e in [1, 2), for x of at least 1. It is at most 126: beyond that 2^-e is subnormal, and
 * TensorFlow flushes it to 0.
 */
export const exponentOf = (x: number): number => Math.min(126, Math.floor(Math.log2(x)))

const read = async (make: () => tf.Tensor): Promise<number> => {
  const tensor = tf.tidy(make)
  const [value = NaN] = await tensor.data()
  tensor.dispose()
  return value
}
