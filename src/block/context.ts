/**
 * Blocks whose residual reads a context: blocks of a residual without a context, which pass the context along.
 *
 * To one block, the context is a parameter that comes with the input. So a family of blocks is derived only once, from
 * a residual without a context, and `inContext` passes the context through and sums its cotangents.
 */
import { option as O } from "fp-ts"
import type { Bijection } from "../core/Bijection.ts"
import type { Env } from "../core/Env.ts"
import { orThrow } from "../core/orThrow.ts"
import type { Params } from "../core/Params.ts"
import { attempt, attemptForward } from "../core/Program.ts"
import { nothingToPull } from "./evaluation.ts"
import type { ContextResidual, Residual } from "./Residual.ts"

// ----------------------------------------------------------- combinators

/** Applies `derive` to a residual that reads a context C. The context passes through; its cotangents are summed. */
export const inContext = <P, C, X, Bit, A, B, S>(
  h: ContextResidual<P, C, X, Bit>,
  derive: (given: Residual<readonly [P, C], X, Bit>) => Bijection<readonly [P, C], A, B, S>,
): Bijection<P, readonly [C, A], readonly [C, B], S> => {
  const block = derive(withParameter(h))
  const { side } = block
  const at = (env: Env<P>, c: C): Env<readonly [P, C]> => ({ ...env, params: [env.params, c] })
  return {
    params: h.layer.params,
    side,
    forward: ([c, a]) =>
      attemptForward(side, (env: Env<P>) => {
        const [b, left] = orThrow(block.forward(a)(at(env, c)))
        return [[env.scope.own(c), b] as const, left]
      }),
    inverse: ([c, b], left) =>
      attempt((env) => {
        const a = orThrow(block.inverse(b, left)(at(env, c)))
        return [env.scope.own(c), a]
      }),
    infer: ([c, a]) =>
      attempt((env) => {
        const b = orThrow(block.infer(a)(at(env, c)))
        return [env.scope.own(c), b]
      }),
    pullback: ([c, b], left, [dc, db]) =>
      attempt((env) => {
        const pulled = orThrow(block.pullback(b, left, db)(at(env, c)))
        const [grads, jc] = pulled.grads
        const cotangent = [h.context.add(dc, jc), pulled.cotangent ?? nothingToPull(env)] as const
        env.scope.release([dc, jc])
        return { input: [c, pulled.input] as const, cotangent, grads }
      }),
  }
}

/** A residual whose context is a parameter. */
const withParameter = <P, C, X, Bit>({
  space,
  context,
  layer,
}: ContextResidual<P, C, X, Bit>): Residual<readonly [P, C], X, Bit> => ({
  space,
  layer: {
    params: beside(layer.params, context.add),
    apply: ([params, c], x, draw) => layer.apply(params, [c, x], draw),
    vjp: ([params, c], x, draw) => {
      const { value, held, pull } = layer.vjp(params, [c, x], draw)
      return {
        value,
        held,
        pull: (dy) => {
          const { cotangent, grads } = pull(dy)
          // Without a cotangent of the input the context has none either, and blocks return an error.
          return cotangent === null
            ? { cotangent, grads: [grads, c] }
            : { cotangent: cotangent[1], grads: [grads, cotangent[0]] }
        },
      }
    },
  },
})

/** Parameters and a context. The context comes with the input, so it is neither initialized nor read. */
const beside = <P, C>(params: Params<P>, add: (x: C, y: C) => C): Params<readonly [P, C]> => {
  const refuse = (): never => {
    throw new TypeError(
      "A context comes with the input of a block. Initialize and read only the parameters of its residual.",
    )
  }
  return {
    init: refuse,
    add: ([p, c], [q, d]) => [params.add(p, q), add(c, d)],
    leaves: ([p]) => params.leaves(p),
    rebuild: refuse,
    field: () => O.none,
  }
}
