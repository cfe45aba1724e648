/**
 * Composition, left to right.
 */
import { either as E, function as F } from "fp-ts"
import type { Apart } from "./Apart.ts"
import type { Bijection } from "./Bijection.ts"
import { NotDifferentiable } from "./errors/NotDifferentiable.ts"
import { Params } from "./Params.ts"
import type { Program } from "./Program.ts"
import { Side } from "./Side.ts"

/**
 * `pipe(f, andThen(g))` runs `f`, then `g`. Parameters are merged (`P & Q`) and must have different names; the side is
 * the pair of sides.
 *
 * Laws: `identity` is its unit, and it is associative up to the bracketing of the side.
 */
export const andThen =
  <Q extends object, B, C, U>(g: Bijection<Q, B, C, U>) =>
  <P extends object, A, S>(f: Bijection<P, A, B, S> & Apart<P, Q>): Bijection<P & Q, A, C, readonly [S, U]> =>
    compose<P, Q, A, B, C, S, U>(f, g, Params.both<P, Q>(f.params, g.params), (p, q) => ({ ...p, ...q }))

/** Composes two parts; `andThen` and `tied` differ in how they merge parameters and gradients. */
export const compose = <P, Q, A, B, C, S, U>(
  f: Bijection<P, A, B, S>,
  g: Bijection<Q, B, C, U>,
  params: Params<P & Q>,
  meet: (p: P, q: Q) => P & Q,
): Bijection<P & Q, A, C, readonly [S, U]> => {
  const after =
    <X>(next: (b: B) => Program<P & Q, X>) =>
    (b: B): Program<P & Q, X> =>
    (env) => {
      const result = next(b)(env)
      env.scope.release(b)
      return result
    }
  return {
    params,
    side: Side.pair(f.side, g.side),
    forward: (a) => (env) =>
      F.pipe(
        f.forward(a)(env),
        E.chain(([b, s]) =>
          F.pipe(
            after((middle: B) => g.forward(middle))(b)(env),
            E.map(([c, u]) => [c, [s, u]] as const),
          ),
        ),
      ),
    inverse:
      (c, [s, u]) =>
      (env) =>
        F.pipe(
          g.inverse(c, u)(env),
          E.chain((b) => after((middle: B) => f.inverse(middle, s))(b)(env)),
        ),
    infer: (a) => (env) =>
      F.pipe(
        f.infer(a)(env),
        E.chain((b) => after((middle: B) => g.infer(middle))(b)(env)),
      ),
    pullback:
      (c, [s, u], dc) =>
      (env) =>
        F.pipe(
          g.pullback(c, u, dc)(env),
          E.chain((back) =>
            back.cotangent === null
              ? E.left(new NotDifferentiable({ path: env.path, what: "The output of the first of two parts" }))
              : F.pipe(
                  f.pullback(back.input, s, back.cotangent)(env),
                  E.map(({ input, cotangent, grads }) => ({ input, cotangent, grads: meet(grads, back.grads) })),
                ),
          ),
        ),
  }
}
