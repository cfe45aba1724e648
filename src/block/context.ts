/**
 * Blocks that have no context, as blocks with one that is nothing.
 */
import type { Bijection } from "../core/Bijection.ts"
import { dimap } from "../core/dimap.ts"
import { rearrange } from "../core/rearrange.ts"
import { Side } from "../core/Side.ts"
import type { ContextResidual, Residual } from "./Residual.ts"

/** A block on values beside a context of nothing, as one on the values alone. */
export const withoutContext = <P, A, B, S>(
  f: Bijection<P, readonly [null, A], readonly [null, B], S>,
): Bijection<P, A, B, S> =>
  dimap(rearrange<A, readonly [null, A]>(put, drop), rearrange<readonly [null, B], B>(drop, put))(f)

const put = <A>(a: A): readonly [null, A] => [null, a]

const drop = <A>([, a]: readonly [null, A]): A => a

/** A residual that reads a context of nothing. */
export const ignoringContext = <P, X, Bit>({
  space,
  layer,
}: Residual<P, X, Bit>): ContextResidual<P, null, X, Bit> => ({
  space,
  context: { add: () => null, side: Side.nothing },
  layer: {
    params: layer.params,
    apply: (params, [, x], draw) => layer.apply(params, x, draw),
    vjp: (params, [, x], draw) => {
      const recorded = layer.vjp(params, x, draw)
      return {
        value: recorded.value,
        held: recorded.held,
        pull: (cotangent) => {
          const back = recorded.pull(cotangent)
          return { cotangent: back.cotangent === null ? null : [null, back.cotangent], grads: back.grads }
        },
      }
    },
  },
})
