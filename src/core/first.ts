/**
 * A bijection on the first half of a pair.
 */
import { either as E, function as F } from "fp-ts"
import type { Bijection } from "./Bijection.ts"

/** `first<C>()(f)` runs `f` and passes a `C` through. If the input of `f` has no cotangent, the pair has none. */
export const first =
  <C>() =>
  <P, A, B, S>(f: Bijection<P, A, B, S>): Bijection<P, readonly [A, C], readonly [B, C], S> => ({
    params: f.params,
    side: f.side,
    forward:
      ([a, c]) =>
      (env) =>
        F.pipe(
          f.forward(a)(env),
          E.map(([b, side]) => [[b, env.scope.own(c)], side] as const),
        ),
    inverse:
      ([b, c], side) =>
      (env) =>
        F.pipe(
          f.inverse(b, side)(env),
          E.map((a) => [a, env.scope.own(c)] as const),
        ),
    infer:
      ([a, c]) =>
      (env) =>
        F.pipe(
          f.infer(a)(env),
          E.map((b) => [b, env.scope.own(c)] as const),
        ),
    pullback:
      ([b, c], side, [db, dc]) =>
      (env) =>
        F.pipe(
          f.pullback(b, side, db)(env),
          E.map(({ input, cotangent, grads }) => {
            if (cotangent === null) env.scope.release(dc)
            return {
              input: [input, c] as const,
              cotangent: cotangent === null ? null : ([cotangent, dc] as const),
              grads,
            }
          }),
        ),
  })
