/**
 * Inverses of isomorphisms.
 */
import { either as E, function as F, option as O } from "fp-ts"
import type { Bijection } from "./Bijection.ts"
import { NotDifferentiable } from "./errors/NotDifferentiable.ts"
import { Plan } from "./Plan.ts"
import { Side } from "./Side.ts"

/**
 * Inverts a bijection that has no side information when it is reversed, however it was composed. Returns `none` if the
 * side is information. Plans do not apply: every part is reversed, since no backward pass would use what it keeps.
 *
 * Its `infer` inverts `infer` of f. Its `forward` is the `inverse` of f, which does not check its input: pass only
 * outputs of f. Not every pair is a state of a two-step chain, but every pair is an output of a coupling.
 */
export const invert = <P, A, B, S>(f: Bijection<P, A, B, S>): O.Option<Bijection<P, B, A, null>> =>
  F.pipe(
    f.side.only,
    O.map((only) => ({
      params: f.params,
      side: Side.nothing,
      forward: (b) => (env) =>
        F.pipe(
          f.inverse(b, only)(env),
          E.map((a) => [a, null] as const),
        ),
      inverse: (a) => (env) =>
        F.pipe(
          f.forward(a)({ ...env, plan: Plan.reversed }),
          E.map(([b]) => b),
        ),
      infer: (b) => (env) => f.inverse(b, only)({ ...env, draws: "expected" }),
      pullback: () => (env) => E.left(new NotDifferentiable({ path: env.path, what: "The inverse of a bijection" })),
    })),
  )
