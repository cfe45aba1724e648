/**
 * A bijection between two isomorphisms.
 */
import { either as E, function as F } from "fp-ts"
import type { Bijection } from "./Bijection.ts"
import type { Env } from "./Env.ts"
import { NotDifferentiable } from "./errors/NotDifferentiable.ts"

/**
 * `dimap(before, after)(f)` runs `before`, `f` and `after`. It has only the parameters and the side of `f`.
 *
 * Laws: between two identities it equals `f`; a dimap of a dimap is the dimap of the compositions.
 */
export const dimap =
  <Z, A, B, C>(before: Bijection<{}, Z, A, null>, after: Bijection<{}, B, C, null>) =>
  <P, S>(f: Bijection<P, A, B, S>): Bijection<P, Z, C, S> => ({
    params: f.params,
    side: f.side,
    forward: (z) => (env) =>
      F.pipe(
        before.forward(z)(bare(env)),
        E.chain(([a]) => freeing(env, a, f.forward(a))),
        E.chain(([b, side]) =>
          F.pipe(
            freeing(env, b, (given: Env<P>) => after.forward(b)(bare(given))),
            E.map(([c]) => [c, side] as const),
          ),
        ),
      ),
    inverse: (c, side) => (env) =>
      F.pipe(
        after.inverse(c, null)(bare(env)),
        E.chain((b) => freeing(env, b, f.inverse(b, side))),
        E.chain((a) => freeing(env, a, (given: Env<P>) => before.inverse(a, null)(bare(given)))),
      ),
    infer: (z) => (env) =>
      F.pipe(
        before.infer(z)(bare(env)),
        E.chain((a) => freeing(env, a, f.infer(a))),
        E.chain((b) => freeing(env, b, (given: Env<P>) => after.infer(b)(bare(given)))),
      ),
    pullback: (c, side, dc) => (env) =>
      F.pipe(
        after.pullback(c, null, dc)(bare(env)),
        E.chain(({ input, cotangent }) =>
          cotangent === null
            ? E.left(new NotDifferentiable({ path: env.path, what: "The isomorphism after a part" }))
            : f.pullback(input, side, cotangent)(env),
        ),
        E.chain(({ input, cotangent, grads }) =>
          cotangent === null
            ? F.pipe(
                freeing(env, input, (given: Env<P>) => before.inverse(input, null)(bare(given))),
                E.map((z) => ({ input: z, cotangent: null, grads })),
              )
            : F.pipe(
                before.pullback(input, null, cotangent)(bare(env)),
                E.map((pulled) => ({ ...pulled, grads })),
              ),
        ),
      ),
  })

const bare = (env: Env<unknown>): Env<{}> => ({ ...env, params: {} })

/** Runs `program`, then frees `value`, which it borrowed. */
const freeing = <P, V, X>(env: Env<P>, value: V, program: (env: Env<P>) => X): X => {
  const result = program(env)
  env.scope.release(value)
  return result
}
