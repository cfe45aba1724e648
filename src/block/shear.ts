/**
 * The step from which every block is built: it adds a function of one half of a pair to the other half.
 *
 *     (a, b) to (a + Q(h(b)), b)
 *
 * The term that is added depends only on the half that does not change, so it can be subtracted again: on the grid
 * every sum is exact.
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
  inputSide,
  observeRebuilt,
  leave,
  nothingToPull,
  recordResidual,
  residualDraw,
} from "./evaluation.ts"
import type { Residual } from "./Residual.ts"
import type { Tape, Two } from "./State.ts"

// ---------------------------------------------------------------- model

/** The side of a shear: nothing, or its input if the plan keeps it. */
export type ShearSide<P, X> = Held<null, Two<X>, Tape<P, X>>

/** The term that is added, as a function of g (one number per sample), the unchanged half b, and h(b). */
export interface Addition<X> {
  /** g in training, for each sample of the batch. */
  readonly gamma: (env: Env<unknown>) => PerSample
  /** g at inference. */
  readonly expected: number
  /** The term that is added: the only operation that rounds, called in every direction. */
  readonly value: (g: PerSample, b: X, h: X) => X
  /** The cotangent of h, from the cotangent of the sum. */
  readonly pull: (g: PerSample, da: X) => X
  /** The cotangent of b without the part through h, from the cotangents of b and of the sum. */
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

/** The shear of a residual, without side information. */
export const shear = <P, X, Bit>(
  { space, layer }: Residual<P, X, Bit>,
  { expected, gamma, pull, straight, value }: Addition<X>,
): Bijection<P, Two<X>, Two<X>, ShearSide<P, X>> => {
  const { minus, plus } = space
  const side: Side<ShearSide<P, X>> = heldSide(Side.nothing, inputSide(Side.pair(space.value, space.value)))
  return {
    params: layer.params,
    side,
    forward: ([a, b]) =>
      attemptForward(side, (env: Env<P>) => {
        const { own } = env.scope
        const { h, tape } = evaluateResidual(layer, env, b)
        const sum = plus(a, value(gamma(env), b, h))
        env.scope.release(h)
        expectInRange(space, env, sum)
        return [[sum, own(b)] as const, leave(env, null, () => [own(a), own(b)] as const, tape)]
      }),
    inverse: ([sum, b], held) =>
      attempt((env) => {
        const { own } = env.scope
        if (held._tag !== "reversed") return own(held.input)
        const g = env.draws === "sampled" ? gamma(env) : env.samples.map(() => expected)
        const a = minus(sum, value(g, b, layer.apply(env.params, b, residualDraw(env))))
        observeRebuilt(env, a)
        return [a, own(b)]
      }),
    infer: ([a, b]) =>
      attempt((env) => {
        const g = env.samples.map(() => expected)
        const sum = plus(a, value(g, b, layer.apply(env.params, b, O.none)))
        expectInRange(space, env, sum)
        return [sum, env.scope.own(b)]
      }),
    pullback: ([sum, b], held, [da, db]) =>
      attempt((env) => {
        const { own } = env.scope
        const g = gamma(env)
        const recorded = recordResidual(layer, env, b, held)
        const rebuild = () => [minus(sum, value(g, b, recorded.value)), own(b)] as const
        const input = held._tag === "reversed" ? rebuild() : own(held.input)
        if (held._tag === "reversed") observeRebuilt(env, input[0])
        const { cotangent, grads } = recorded.pull(pull(g, da))
        const jb = cotangent ?? nothingToPull(env)
        const back = [own(da), plus(straight(g, db, da), jb)] as const
        env.scope.release([sum, b, held, da, db, recorded.value])
        return { input, cotangent: back, grads }
      }),
  }
}
