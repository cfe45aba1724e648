/**
 * Two bijections side by side.
 */
import { either as E, function as F } from "fp-ts"
import type { Apart } from "./Apart.ts"
import type { Bijection } from "./Bijection.ts"
import { Params } from "./Params.ts"
import { Side } from "./Side.ts"

/**
 * `pipe(f, both(g))` runs `f` on the first half of a pair and `g` on the second. Parameters are merged (`P & Q`) and
 * must have different names; the side is the pair of sides. If one half has no cotangent, the pair has none.
 *
 * Law: it equals `first(f)`, then `second(g)`.
 */
export const both =
  <Q extends object, C, D, U>(g: Bijection<Q, C, D, U>) =>
  <P extends object, A, B, S>(
    f: Bijection<P, A, B, S> & Apart<P, Q>,
  ): Bijection<P & Q, readonly [A, C], readonly [B, D], readonly [S, U]> => ({
    params: Params.both<P, Q>(f.params, g.params),
    side: Side.pair(f.side, g.side),
    forward:
      ([a, c]) =>
      (env) =>
        F.pipe(
          f.forward(a)(env),
          E.chain(([b, s]) =>
            F.pipe(
              g.forward(c)(env),
              E.map(
                ([d, u]) =>
                  [
                    [b, d],
                    [s, u],
                  ] as const,
              ),
            ),
          ),
        ),
    inverse:
      ([b, d], [s, u]) =>
      (env) =>
        F.pipe(
          g.inverse(d, u)(env),
          E.chain((c) =>
            F.pipe(
              f.inverse(b, s)(env),
              E.map((a) => [a, c] as const),
            ),
          ),
        ),
    infer:
      ([a, c]) =>
      (env) =>
        F.pipe(
          f.infer(a)(env),
          E.chain((b) =>
            F.pipe(
              g.infer(c)(env),
              E.map((d) => [b, d] as const),
            ),
          ),
        ),
    pullback:
      ([b, d], [s, u], [db, dd]) =>
      (env) =>
        F.pipe(
          g.pullback(d, u, dd)(env),
          E.chain((right) =>
            F.pipe(
              f.pullback(b, s, db)(env),
              E.map((left) => {
                const input = [left.input, right.input] as const
                const grads = { ...left.grads, ...right.grads }
                if (left.cotangent !== null && right.cotangent !== null)
                  return { input, cotangent: [left.cotangent, right.cotangent] as const, grads }
                env.scope.release([left.cotangent, right.cotangent])
                return { input, cotangent: null, grads }
              }),
            ),
          ),
        ),
  })
