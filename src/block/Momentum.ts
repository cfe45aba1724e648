/**
 * Momentum residual networks, exact: with mu = n/d,
 *
 *     v <- mu v + Q((1 - mu) f(x))
 *     x <- x + v
 *
 * from v = 0. Sander, Ablin, Blondel, Peyré, "Momentum Residual Neural Networks" (ICML 2021), equation 2. mu v is exact
 * through an information buffer, as in `Rational`: log2(d/n) bits an activation and block, in the mean. At inference it
 * is Q(mu v).
 *
 * Laws: those of `Bijection`; one evaluation of f a block in every direction.
 */
import { compose } from "../core/andThen.ts"
import type { Bijection } from "../core/Bijection.ts"
import { repeat } from "../core/chain.ts"
import { dimap } from "../core/dimap.ts"
import { first } from "../core/first.ts"
import { identity } from "../core/identity.ts"
import { Params } from "../core/Params.ts"
import { attempt, attemptForward } from "../core/Program.ts"
import { swap } from "../core/rearrange.ts"
import { second } from "../core/second.ts"
import { Side } from "../core/Side.ts"
import { InformationBuffer, type Ratio } from "../exact/InformationBuffer.ts"
import type { Space } from "../exact/Space.ts"
import {
  bufferedStep,
  expectZero,
  positive,
  withBuffer,
  withoutBuffer,
  type Buffered,
  type Carried,
  type Scaling,
} from "./buffered.ts"
import { ignoringContext, withoutContext } from "./context.ts"
import { checkingOutput, expectInRange, expectInRangeAgain, expectOnGrid, observeRebuilt } from "./evaluation.ts"
import type { ContextResidual, Residual } from "./Residual.ts"
import { constant } from "./scaling.ts"
import type { Addition, ShearSide } from "./shear.ts"
import type { Two } from "./State.ts"

// ---------------------------------------------------------------- model

/** What a chain leaves: what blocks spill and, as planned, hold, and the last buffer. */
export type MomentumSide<P, C, X> = readonly [
  ReadonlyArray<readonly [spilled: X | null, shear: ShearSide<P, C, X>]>,
  InformationBuffer<X>,
]

// --------------------------------------------------------- constructors

/** x to (0, x): the velocity is 0, which is claimed on the way back. */
const atRest = <C, X, Bit>(space: Space<X, Bit>): Bijection<{}, readonly [C, X], readonly [C, Two<X>], null> => {
  const { minus } = space
  return {
    params: Params.none,
    side: Side.nothing,
    forward: ([c, x]) =>
      attemptForward(Side.nothing, (env) => {
        expectOnGrid(space, env, x)
        return [[env.scope.own(c), [minus(x, x), env.scope.own(x)]] as const, null]
      }),
    inverse: ([c, [, x]]) => attempt((env) => env.scope.own([c, x] as const)),
    infer: ([c, x]) =>
      attempt((env) => {
        expectOnGrid(space, env, x)
        return [env.scope.own(c), [minus(x, x), env.scope.own(x)]]
      }),
    pullback: ([c, [v, x]], _side, [dc, [dv, dx]]) =>
      attempt((env) => {
        expectZero(env, v, minus(v, v))
        expectInRangeAgain(space, env, x)
        env.scope.release([v, dv])
        return { input: [c, x] as const, cotangent: [dc, dx] as const, grads: {} }
      }),
  }
}

/** (v, x) to (v, x + v). */
const moved = <X, Bit>(space: Space<X, Bit>): Bijection<{}, Two<X>, Two<X>, null> => {
  const { minus, plus } = space
  return {
    params: Params.none,
    side: Side.nothing,
    forward: ([v, x]) =>
      attemptForward(Side.nothing, (env) => {
        const next = plus(x, v)
        expectInRange(space, env, next)
        return [[env.scope.own(v), next] as const, null]
      }),
    inverse: ([v, next]) =>
      attempt((env) => {
        const x = minus(next, v)
        observeRebuilt(env, x)
        return [env.scope.own(v), x]
      }),
    infer: ([v, x]) =>
      attempt((env) => {
        const next = plus(x, v)
        expectInRange(space, env, next)
        return [env.scope.own(v), next]
      }),
    pullback: ([v, next], _side, [dv, dx]) =>
      attempt((env) => {
        const x = minus(next, v)
        observeRebuilt(env, x)
        const sum = plus(dv, dx)
        env.scope.release([next, dv])
        return { input: [v, x] as const, cotangent: [sum, dx] as const, grads: {} }
      }),
  }
}

/** `fromResidual` for a residual that reads a context C, which passes through and whose cotangents add up. */
const fromContextResidual = <P extends object, C, X, Bit>(
  h: ContextResidual<P, C, X, Bit>,
  ratio: Ratio,
  depth: number,
): Bijection<ReadonlyArray<P>, readonly [C, X], readonly [C, Two<X>], MomentumSide<P, C, X>> => {
  const { space } = h
  const { quantize, times } = space
  const mu = InformationBuffer.size(ratio)
  const scaling: Scaling<X> = {
    ratio,
    signs: positive,
    infer: (env, v) => quantize(times(constant(env, mu), v)),
  }
  const addition: Addition<X> = {
    gamma: (env) => constant(env, 1 - mu),
    expected: 1 - mu,
    value: (g, _x, f) => quantize(times(g, f)),
    pull: (g, dv) => times(g, dv),
    straight: (_g, dx) => dx,
  }
  const step = dimap(
    identity<readonly [C, Buffered<X>]>(),
    second<C>()(first<Carried<X>>()(moved(space))),
  )(bufferedStep(h, scaling, addition))
  const begin = dimap(atRest<C, X, Bit>(space), withBuffer<C, X, Bit>(space))(identity())
  const blocks = dimap(begin, identity<readonly [C, Buffered<X>]>())(repeat(depth)(step))
  const all = compose(blocks, withoutBuffer<C, X, Bit>(space, ratio), blocks.params, (p) => p)
  const checked = checkingOutput(space, ([rest]: MomentumSide<P, C, X>) => rest.at(-1)?.[1])(all)
  return dimap(identity<readonly [C, X]>(), second<C>()(swap<X, X>()))(checked)
}

/**
 * The chain of `depth` blocks, x to (x, v), with mu = n/d: `{ n: 9, d: 10 }`. Its input must be on the grid.
 *
 * Errors: `NotOnGrid` for the input, `GridOverflow` for any position or velocity, `Irreversible` where what was rebuilt
 * is not what was: the velocity and the buffer must come back as 0. Throws `RangeError` unless 0 < n < d <= 4096.
 */
const fromResidual = <P extends object, X, Bit>(
  h: Residual<P, X, Bit>,
  ratio: Ratio,
  depth: number,
): Bijection<ReadonlyArray<P>, X, Two<X>, MomentumSide<P, null, X>> =>
  withoutContext(fromContextResidual(ignoringContext(h), ratio, depth))

/** Exact momentum residual networks, with or without a context. */
export const Momentum = { fromResidual, fromContextResidual }
