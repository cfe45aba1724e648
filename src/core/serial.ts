/**
 * Composition of layers.
 */
import type { Apart } from "./Apart.ts"
import { NotDifferentiable } from "./errors/NotDifferentiable.ts"
import type { Layer } from "./Layer.ts"
import { Params } from "./Params.ts"

/**
 * `pipe(f, serial(g))` applies `f`, then `g`. Parameters are merged and must have different names. Both layers get the
 * same draw, so give equal or random layers different names with `namedLayer`.
 */
export const serial =
  <Q extends object, B, C>(g: Layer<Q, B, C>) =>
  <P extends object, A>(f: Layer<P, A, B> & Apart<P, Q>): Layer<P & Q, A, C> =>
    inSeries<P, Q, A, B, C>(f, g, Params.both(f.params, g.params))

/** `f`, then `g`, with the given parameters of both; for layers whose names are known to differ. */
export const inSeries = <P, Q, A, B, C>(
  f: Layer<P, A, B>,
  g: Layer<Q, B, C>,
  params: Params<P & Q>,
): Layer<P & Q, A, C> => ({
  params,
  apply: (given, a, draw) => g.apply(given, f.apply(given, a, draw), draw),
  vjp: (given, a, draw) => {
    const first = f.vjp(given, a, draw)
    const second = g.vjp(given, first.value, draw)
    return {
      value: second.value,
      held: [first.value, ...first.held, ...second.held],
      pull: (dc) => {
        const back = second.pull(dc)
        if (back.cotangent === null) throw new NotDifferentiable({ path: [], what: "The second of two serial layers" })
        const { cotangent, grads } = first.pull(back.cotangent)
        return { cotangent, grads: { ...grads, ...back.grads } }
      },
    }
  },
})
