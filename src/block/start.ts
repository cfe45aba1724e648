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
  inputSide,
  leave,
  nothingToPull,
  recordResidual,
} from "./evaluation.ts"
import type { Residual } from "./Residual.ts"
import type { Tape, Two } from "./State.ts"

// ---------------------------------------------------------------- model

/** The side of block 0: nothing, or its input if the plan keeps it. */
export type StartSide<P, X> = Held<null, X, Tape<P, X>>

// --------------------------------------------------------- constructors

/** x_1 = x_0 + Q(h_0(x_0)), in training and at inference. */
export const start = <P, X, Bit>({ space, layer }: Residual<P, X, Bit>): Bijection<P, X, Two<X>, StartSide<P, X>> => {
  const advance = (x: X, h: X): X => space.plus(x, space.quantize(h))
  const side: Side<StartSide<P, X>> = heldSide(Side.nothing, inputSide(space.value))
  return {
    params: layer.params,
    side,
    forward: (x) =>
      attemptForward(side, (env: Env<P>) => {
        const { own } = env.scope
        expectOnGrid(space, env, x)
        const { h, tape } = evaluateResidual(layer, env, x)
        const next = advance(x, h)
        env.scope.release(h)
        expectInRange(space, env, next)
        return [[own(x), next] as const, leave(env, null, () => own(x), tape)]
      }),
    inverse: ([x]) => attempt((env) => env.scope.own(x)),
    infer: (x) =>
      attempt((env) => {
        expectOnGrid(space, env, x)
        const next = advance(x, layer.apply(env.params, x, O.none))
        expectInRange(space, env, next)
        return [env.scope.own(x), next]
      }),
    pullback: ([last, next], held, [dx, dn]) =>
      attempt((env) => {
        const { own } = env.scope
        // The kept input is another handle to the rebuilt one, or, after a block that rebuilt it, a separate buffer.
        const x = held._tag === "reversed" ? last : held.input
        if (held._tag !== "reversed") env.scope.release([last, next])
        const { value, pull } = recordResidual(layer, env, x, held)
        if (held._tag === "reversed") {
          env.watch.expect({ _tag: "Same", place: Env.place(env), rebuilt: advance(x, value), recorded: next })
          expectInRangeAgain(space, env, x)
        }
        const { cotangent, grads } = pull(dn)
        const jx = cotangent ?? nothingToPull(env)
        const input = own(x)
        const back = space.plus(space.plus(dx, dn), jx)
        env.scope.release([x, next, held, dx, dn, value])
        return { input, cotangent: back, grads }
      }),
  }
}
