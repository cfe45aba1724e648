/**
 * The identity, the unit of `andThen`.
 */
import { either as E } from "fp-ts"
import type { Bijection } from "./Bijection.ts"
import { Params } from "./Params.ts"
import { Side } from "./Side.ts"

/** `identity<number>()` is the identity on numbers. */
export const identity = <A>(): Bijection<{}, A, A, null> => ({
  params: Params.none,
  side: Side.nothing,
  forward: (a) => (env) => E.right([env.scope.own(a), null]),
  inverse: (a) => (env) => E.right(env.scope.own(a)),
  infer: (a) => (env) => E.right(env.scope.own(a)),
  pullback: (a, _side, cotangent) => () => E.right({ input: a, cotangent, grads: {} }),
})
