/**
 * A part under a name.
 */
import { either as E, function as F } from "fp-ts"
import type { Bijection } from "./Bijection.ts"
import { Env } from "./Env.ts"
import { Params } from "./Params.ts"

/** Nests the parameters under `name`, extends the path and folds the name into the key. */
export const named =
  <K extends string>(name: K) =>
  <P, A, B, S>(f: Bijection<P, A, B, S>): Bijection<{ readonly [k in K]: P }, A, B, S> => {
    type Under = { readonly [k in K]: P }
    const inside = (env: Env<Under>): Env<P> => Env.child(env, name, env.params[name])
    const under = (grads: P) => ({ [name]: grads }) as Under // a computed key
    return {
      params: Params.named(name, f.params),
      side: f.side,
      forward: (a) => (env) => f.forward(a)(inside(env)),
      inverse: (b, side) => (env) => f.inverse(b, side)(inside(env)),
      infer: (a) => (env) => f.infer(a)(inside(env)),
      pullback: (b, side, cotangent) => (env) =>
        F.pipe(
          f.pullback(b, side, cotangent)(inside(env)),
          E.map((pulled) => ({ ...pulled, grads: under(pulled.grads) })),
        ),
    }
  }
