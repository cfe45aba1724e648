/**
 * Block 0 of a two-step chain, which has no x_{-1}: an Euler step.
 */
import { option as O } from "fp-ts"
import type { Bijection } from "../core/Bijection.ts"
import { Env } from "../core/Env.ts"
import { heldSide, type Held } from "../core/Held.ts"
import { attempt, attemptForward } from "../core/Program.ts"
import { Side } from "../core/Side.ts"
import {
  evaluateResidual,
  expectInRange,
  expectInRangeAgain,
  expectOnGrid,
  leave,
  nothingToPull,
  recordResidual,
} from "./evaluation.ts"
import type { ContextResidual } from "./Residual.ts"
import type { Tape, Two } from "./State.ts"

// ---------------------------------------------------------------- model

/** What block 0 leaves: nothing, or as planned its input. */
export type StartSide<P, C, X> = Held<null, readonly [C, X], Tape<P, C, X>>

// --------------------------------------------------------- constructors

/** x_1 = x_0 + Q(h_0(x_0)), in training and at inference. */
export const start = <P, C, X, Bit>({
  space,
  context,
  layer,
}: ContextResidual<P, C, X, Bit>): Bijection<P, readonly [C, X], readonly [C, Two<X>], StartSide<P, C, X>> => {
  const advance = (x: X, h: X): X => space.plus(x, space.quantize(h))
  const side: Side<StartSide<P, C, X>> = heldSide(Side.nothing, Side.pair(context.side, space.value))
  return {
    params: layer.params,
    side,
    forward: ([c, x]) =>
      attemptForward(side, (env: Env<P>) => {
        const { own } = env.scope
        expectOnGrid(space, env, x)
        const { h, tape } = evaluateResidual(layer, env, [c, x])
        const next = advance(x, h)
        env.scope.release(h)
        expectInRange(space, env, next)
        return [[own(c), [own(x), next]] as const, leave(env, null, () => [own(c), own(x)] as const, tape)]
      }),
    inverse: ([c, [x]]) => attempt((env) => [env.scope.own(c), env.scope.own(x)]),
    infer: ([c, x]) =>
      attempt((env) => {
        expectOnGrid(space, env, x)
        const next = advance(x, layer.apply(env.params, [c, x], O.none))
        expectInRange(space, env, next)
        return [env.scope.own(c), [env.scope.own(x), next]]
      }),
    pullback: ([c, [last, next]], held, [dc, [dx, dn]]) =>
      attempt((env) => {
        const { own } = env.scope
        // What was kept is a handle to what came back, or, behind a block that rebuilt it, a buffer of its own.
        const x = held._tag === "reversed" ? last : held.input[1]
        if (held._tag !== "reversed") env.scope.release([last, next])
        const { value, pull } = recordResidual(layer, env, [c, x], held)
        if (held._tag === "reversed") {
          env.watch.expect({ _tag: "Same", place: Env.place(env), rebuilt: advance(x, value), recorded: next })
          expectInRangeAgain(space, env, x)
        }
        const { cotangent, grads } = pull(dn)
        const [jc, jx] = cotangent ?? nothingToPull(env)
        const input = [own(c), own(x)] as const
        const back = [context.add(dc, jc), space.plus(space.plus(dx, dn), jx)] as const
        env.scope.release([c, x, next, held, dc, dx, dn, value])
        return { input, cotangent: back, grads }
      }),
  }
}
