/**
 * The Haar wavelet on integers: the exact mean and difference of two values.
 *
 *     d = a - b            b = s - floor(d / 2)
 *     s = b + floor(d / 2) a = d + b
 *
 * The S-transform: Said and Pearlman, "An Image Multiresolution Representation for Lossless and Progressive
 * Compression" (IEEE Trans. Image Processing 1996); lifting after Sweldens 1996. s is the mean (a + b) / 2, rounded
 * down; floors pass cotangents straight through.
 */
import type { Bijection } from "../core/Bijection.ts"
import { Params } from "../core/Params.ts"
import { attempt, attemptForward } from "../core/Program.ts"
import { Side } from "../core/Side.ts"
import type { Space } from "../exact/Space.ts"
import { expectInRange, observeRebuilt } from "./evaluation.ts"
import { constant } from "./scaling.ts"
import type { Two } from "./State.ts"

/**
 * Maps (a, b) to (mean, difference) without side information; with `evenOdd` it is the wavelet along an axis. Returns
 * `GridOverflow` if a difference is out of range.
 */
export const haar = <X, Bit>(space: Space<X, Bit>): Bijection<{}, Two<X>, Two<X>, null> => {
  const { divide, minus, plus, times } = space
  const there = ([a, b]: Two<X>): Two<X> => {
    const difference = minus(a, b)
    return [plus(b, divide(2, difference)[0]), difference]
  }
  const back = ([mean, difference]: Two<X>): Two<X> => {
    const b = minus(mean, divide(2, difference)[0])
    return [plus(difference, b), b]
  }
  return {
    params: Params.none,
    side: Side.nothing,
    forward: (pair) =>
      attemptForward(Side.nothing, (env) => {
        const after = there(pair)
        expectInRange(space, env, after[1])
        return [after, null]
      }),
    inverse: (after) => attempt(() => back(after)),
    infer: (pair) =>
      attempt((env) => {
        const after = there(pair)
        expectInRange(space, env, after[1])
        return after
      }),
    pullback: (after, _side, [dMean, dDifference]) =>
      attempt((env) => {
        const input = back(after)
        for (const x of input) observeRebuilt(env, x)
        const half = times(constant(env, 1 / 2), dMean)
        const cotangent = [plus(half, dDifference), minus(half, dDifference)] as const
        env.scope.release([after, dMean, dDifference])
        return { input, cotangent, grads: {} }
      }),
  }
}
