/**
 * The step that every block is made of: a function of one half of a pair is added to the other half.
 *
 *     (c, (a, b)) to (c, (a + Q(h(c, b)), b))
 *
 * What is added is a function of what stays, so it can be taken away again: on the grid every sum is exact.
 */
import { option as O } from "fp-ts"
import type { Bijection } from "../core/Bijection.ts"
import type { Env } from "../core/Env.ts"
import { heldSide, type Held } from "../core/Held.ts"
import { attempt, attemptForward } from "../core/Program.ts"
import { Side } from "../core/Side.ts"
import type { PerSample, Space } from "../exact/Space.ts"
import {
  evaluateResidual,
  expectInRange,
  observeRebuilt,
  leave,
  nothingToPull,
  recordResidual,
  residualDraw,
} from "./evaluation.ts"
import type { ContextResidual } from "./Residual.ts"
import type { Tape, Two } from "./State.ts"

// ---------------------------------------------------------------- model

/** What a shear leaves: nothing, or as planned its input. */
export type ShearSide<P, C, X> = Held<null, readonly [C, Two<X>], Tape<P, C, X>>

/** What is added, as a function of g (one number a sample), of the half b that stays, and of h(c, b). */
export interface Addition<X> {
  /** g in training, for every sample of the batch. */
  readonly gamma: (env: Env<unknown>) => PerSample
  /** g at inference. */
  readonly expected: number
  /** What is added: the one operation that rounds, called in every direction. */
  readonly value: (g: PerSample, b: X, h: X) => X
  /** The cotangent of h, from that of the sum. */
  readonly pull: (g: PerSample, da: X) => X
  /** The cotangent of b but for what comes through h, from those of b and of the sum. */
  readonly straight: (g: PerSample, db: X, da: X) => X
}

// --------------------------------------------------------- constructors

/** Q(h): NICE's additive coupling. */
export const rounded = <X, Bit>({ quantize }: Space<X, Bit>): Addition<X> => ({
  gamma: () => [],
  expected: 0,
  value: (_g, _b, h) => quantize(h),
  pull: (_g, da) => da,
  straight: (_g, db) => db,
})

/** The shear of a residual: it leaves nothing behind. */
export const shear = <P, C, X, Bit>(
  { space, context, layer }: ContextResidual<P, C, X, Bit>,
  { expected, gamma, pull, straight, value }: Addition<X>,
): Bijection<P, readonly [C, Two<X>], readonly [C, Two<X>], ShearSide<P, C, X>> => {
  const { minus, plus } = space
  const side: Side<ShearSide<P, C, X>> = heldSide(
    Side.nothing,
    Side.pair(context.side, Side.pair(space.value, space.value)),
  )
  return {
    params: layer.params,
    side,
    forward: ([c, [a, b]]) =>
      attemptForward(side, (env: Env<P>) => {
        const { own } = env.scope
        const { h, tape } = evaluateResidual(layer, env, [c, b])
        const sum = plus(a, value(gamma(env), b, h))
        env.scope.release(h)
        expectInRange(space, env, sum)
        return [[own(c), [sum, own(b)]] as const, leave(env, null, () => [own(c), [own(a), own(b)]] as const, tape)]
      }),
    inverse: ([c, [sum, b]], held) =>
      attempt((env) => {
        const { own } = env.scope
        if (held._tag !== "reversed") return own(held.input)
        const g = env.draws === "sampled" ? gamma(env) : env.samples.map(() => expected)
        const a = minus(sum, value(g, b, layer.apply(env.params, [c, b], residualDraw(env))))
        observeRebuilt(env, a)
        return [own(c), [a, own(b)]]
      }),
    infer: ([c, [a, b]]) =>
      attempt((env) => {
        const g = env.samples.map(() => expected)
        const sum = plus(a, value(g, b, layer.apply(env.params, [c, b], O.none)))
        expectInRange(space, env, sum)
        return [env.scope.own(c), [sum, env.scope.own(b)]]
      }),
    pullback: ([c, [sum, b]], held, [dc, [da, db]]) =>
      attempt((env) => {
        const { own } = env.scope
        const g = gamma(env)
        const recorded = recordResidual(layer, env, [c, b], held)
        const rebuild = () => [own(c), [minus(sum, value(g, b, recorded.value)), own(b)]] as const
        const input = held._tag === "reversed" ? rebuild() : own(held.input)
        if (held._tag === "reversed") observeRebuilt(env, input[1][0])
        const { cotangent, grads } = recorded.pull(pull(g, da))
        const [jc, jb] = cotangent ?? nothingToPull(env)
        const back = [context.add(dc, jc), [own(da), plus(straight(g, db, da), jb)]] as const
        env.scope.release([c, sum, b, held, dc, da, db, recorded.value])
        return { input, cotangent: back, grads }
      }),
  }
}
