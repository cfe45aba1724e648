/**
 * Isomorphisms that only move values.
 */
import type { Bijection } from "./Bijection.ts"
import { Params } from "./Params.ts"
import { attempt, attemptForward } from "./Program.ts"
import { Side } from "./Side.ts"

// --------------------------------------------------------- constructors

/**
 * `rearrange(there, back)` makes an isomorphism from two functions that are inverse to each other and only move values:
 * swaps, splits, reshapes, permutations. A cotangent moves as its value does, so `back` is also the gradient.
 */
export const rearrange = <A, B>(there: (a: A) => B, back: (b: B) => A): Bijection<{}, A, B, null> => ({
  params: Params.none,
  side: Side.nothing,
  forward: (a) => attemptForward(Side.nothing, (env) => [env.scope.own(there(a)), null]),
  inverse: (b) => attempt((env) => env.scope.own(back(b))),
  infer: (a) => attempt((env) => env.scope.own(there(a))),
  pullback: (b, _side, db) =>
    attempt((env) => {
      const pulled = { input: env.scope.own(back(b)), cotangent: env.scope.own(back(db)), grads: {} }
      env.scope.release([b, db])
      return pulled
    }),
})

/** `swap<A, B>()` exchanges the halves of a pair. */
export const swap = <A, B>(): Bijection<{}, readonly [A, B], readonly [B, A], null> =>
  rearrange<readonly [A, B], readonly [B, A]>(
    ([a, b]) => [b, a],
    ([b, a]) => [a, b],
  )
