/**
 * Momentum residual networks, exact: with mu = n/d,
 *
 *     v <- mu v + Q((1 - mu) f(x))
 *     x <- x + v
 *
 * from v = 0. Sander, Ablin, Blondel, Peyré, "Momentum Residual Neural Networks" (ICML 2021), equation 2. An
 * information buffer makes mu v exact, as in `Rational`. On average it takes log2(d/n) bits per activation and block.
 * Inference uses Q(mu v).
 *
 * Laws: those of `Bijection`; each block evaluates f once in every direction.
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
import { inContext } from "./context.ts"
import {
  afterContext,
  alone,
  checkingOutput,
  expectInRange,
  expectInRangeAgain,
  expectOnGrid,
  observeRebuilt,
} from "./evaluation.ts"
import type { ContextResidual, Residual } from "./Residual.ts"
import { constant } from "./scaling.ts"
import type { Addition, ShearSide } from "./shear.ts"
import type { Two } from "./State.ts"

// ---------------------------------------------------------------- model

/** The side of a chain: what blocks spill, what the plan keeps, and the last buffer. */
export type MomentumSide<P, X> = readonly [
  ReadonlyArray<readonly [spilled: X | null, shear: ShearSide<P, X>]>,
  InformationBuffer<X>,
]

// --------------------------------------------------------- constructors

/** Maps x to (0, x). The inverse claims that the velocity is 0. */
const atRest = <X, Bit>(space: Space<X, Bit>): Bijection<{}, X, Two<X>, null> => {
  const { minus } = space
  return {
    params: Params.none,
    side: Side.nothing,
    forward: (x) =>
      attemptForward(Side.nothing, (env) => {
        expectOnGrid(space, env, x)
        return [[minus(x, x), env.scope.own(x)] as const, null]
      }),
    inverse: ([, x]) => attempt((env) => env.scope.own(x)),
    infer: (x) =>
      attempt((env) => {
        expectOnGrid(space, env, x)
        return [minus(x, x), env.scope.own(x)]
      }),
    pullback: ([v, x], _side, [dv, dx]) =>
      attempt((env) => {
        expectZero(env, v, minus(v, v))
        expectInRangeAgain(space, env, x)
        env.scope.release([v, dv])
        return { input: x, cotangent: dx, grads: {} }
      }),
  }
}

/** Maps (v, x) to (v, x + v). */
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

/** Maps x to (0, x) with an empty buffer. */
const begin = <X, Bit>(space: Space<X, Bit>): Bijection<{}, X, Buffered<X>, null> =>
  dimap(atRest(space), withBuffer(space))(identity())

/** One block. */
const step = <P extends object, X, Bit>(
  h: Residual<P, X, Bit>,
  ratio: Ratio,
): Bijection<P, Buffered<X>, Buffered<X>, MomentumSide<P, X>[0][number]> => {
  const { quantize, times } = h.space
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
  return dimap(identity<Buffered<X>>(), first<Carried<X>>()(moved(h.space)))(bufferedStep(h, scaling, addition))
}

/** The side of the last evaluation in a chain. */
const lastOf = <P, X>([rest]: MomentumSide<P, X>) => rest.at(-1)?.[1]

/**
 * Makes the chain of `depth` blocks, x to (x, v), with mu = n/d: `{ n: 9, d: 10 }`. Its input must be on the grid.
 *
 * Errors: `NotOnGrid` for the input, `GridOverflow` for any position or velocity, `Irreversible` if rebuilt activations
 * differ from the original ones: the rebuilt velocity and buffer must be 0. Throws `RangeError` unless
 * 0 < n < d <= 4096.
 */
const fromResidual = <P extends object, X, Bit>(
  h: Residual<P, X, Bit>,
  ratio: Ratio,
  depth: number,
): Bijection<ReadonlyArray<P>, X, Two<X>, MomentumSide<P, X>> => {
  const blocks = dimap(begin(h.space), identity<Buffered<X>>())(repeat(depth)(step(h, ratio)))
  const all = compose(blocks, withoutBuffer(h.space, ratio), blocks.params, (p) => p)
  const checked = checkingOutput(h.space, alone<X>, lastOf<P, X>)(all)
  return dimap(identity<X>(), swap<X, X>())(checked)
}

/** `fromResidual` for a residual that reads a context C. The context passes through; its cotangents are summed. */
const fromContextResidual = <P, C, X, Bit>(
  h: ContextResidual<P, C, X, Bit>,
  ratio: Ratio,
  depth: number,
): Bijection<ReadonlyArray<P>, readonly [C, X], readonly [C, Two<X>], MomentumSide<readonly [P, C], X>> => {
  const block = inContext(h, (given) => step(given, ratio))
  const blocks = dimap(second<C>()(begin(h.space)), identity<readonly [C, Buffered<X>]>())(repeat(depth)(block))
  const all = compose(blocks, second<C>()(withoutBuffer(h.space, ratio)), blocks.params, (p) => p)
  const checked = checkingOutput(h.space, afterContext<C, X>, lastOf<readonly [P, C], X>)(all)
  return dimap(identity<readonly [C, X]>(), second<C>()(swap<X, X>()))(checked)
}

/** Makes exact momentum residual networks, with or without a context. */
export const Momentum = { fromResidual, fromContextResidual }
