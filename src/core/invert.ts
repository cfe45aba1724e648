/**
 * Isomorphisms backwards.
 */
import { either as E, function as F, option as O } from "fp-ts"
import type { Bijection } from "./Bijection.ts"
import { NotDifferentiable } from "./errors/NotDifferentiable.ts"
import { Plan } from "./Plan.ts"
import { Side } from "./Side.ts"

/**
 * Reverses a bijection that leaves nothing behind where it is reversed, however it was composed; `none` where the side is
 * information. A plan has no say: turned round, every part is reversed, since nobody comes back for what it would keep.
 *
 * Its `infer` goes back from what `infer` of f gives. Its `forward` is the `inverse` of f, so it checks as little: give it what f can give. Not every pair is a state of a
 * two-step chain, and every pair is an output of a coupling.
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
