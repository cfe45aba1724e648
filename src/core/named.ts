/**
 * A part, or a layer, under a name.
 */
import { either as E, function as F, option as O } from "fp-ts"
import type { Bijection } from "./Bijection.ts"
import { Draw } from "./Draw.ts"
import { Env } from "./Env.ts"
import type { Layer } from "./Layer.ts"
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

/** Nests a layer's parameters under a name and folds the name into its draw, so that `serial` can join equal layers. */
export const namedLayer =
  <K extends string>(name: K) =>
  <P, A, B>(layer: Layer<P, A, B>): Layer<{ readonly [k in K]: P }, A, B> => ({
    params: Params.named(name, layer.params),
    apply: (params, a, draw) => layer.apply(params[name], a, O.map(Draw.child(name))(draw)),
    vjp: (params, a, draw) => {
      const recorded = layer.vjp(params[name], a, O.map(Draw.child(name))(draw))
      return {
        value: recorded.value,
        held: recorded.held,
        pull: (cotangent) => {
          const back = recorded.pull(cotangent)
          const grads = { [name]: back.grads } as { readonly [k in K]: P } // a computed key
          return { cotangent: back.cotangent, grads }
        },
      }
    },
  })
