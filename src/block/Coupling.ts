/**
 * Additive coupling on the grid: exactly reversible blocks without side information.
 *
 *     a' = a + Q(f(b))        b  = b' - Q(g(a'))
 *     b' = b + Q(g(a'))       a  = a' - Q(f(b))
 *
 * NICE (Dinh, Krueger, Bengio 2015, section 3.2), RevNet (Gomez et al. 2017, equations 6 and 7), i-RevNet (Jacobsen,
 * Smeulders, Oyallon 2018), Rev-ViT (Mangalam et al. 2022, where f is attention and g a perceptron). There sums are
 * rounded, so the inverse is only approximate. Here each term is rounded to the grid first, so every sum is exact.
 *
 * Laws: those of `Bijection`; the side has no bits; each block evaluates f and g once in every direction.
 */
import { either as E, function as F } from "fp-ts"
import { andThen } from "../core/andThen.ts"
import type { Bijection } from "../core/Bijection.ts"
import { repeat } from "../core/chain.ts"
import { dimap } from "../core/dimap.ts"
import { Env } from "../core/Env.ts"
import type { Held } from "../core/Held.ts"
import { identity } from "../core/identity.ts"
import type { Layer } from "../core/Layer.ts"
import { named } from "../core/named.ts"
import { Params } from "../core/Params.ts"
import { attempt, attemptForward } from "../core/Program.ts"
import { swap } from "../core/rearrange.ts"
import { Side } from "../core/Side.ts"
import type { Space } from "../exact/Space.ts"
import { inContext } from "./context.ts"
import { afterContext, alone, checkingOutput, expectInRangeAgain, expectOnGrid } from "./evaluation.ts"
import type { Context, Residual } from "./Residual.ts"
import { rounded, shear, type ShearSide } from "./shear.ts"
import type { Two } from "./State.ts"

// ---------------------------------------------------------------- model

/** The functions f and g of a coupling: any two layers that preserve the shape. */
export interface Residuals<P, Q, X, Bit> {
  readonly space: Space<X, Bit>
  readonly f: Layer<P, X, X>
  readonly g: Layer<Q, X, X>
}

/** Functions f and g that also read a context, which passes through every block unchanged. */
export interface ContextResiduals<P, Q, C, X, Bit> {
  readonly space: Space<X, Bit>
  readonly context: Context<C>
  readonly f: Layer<P, readonly [context: C, x: X], X>
  readonly g: Layer<Q, readonly [context: C, x: X], X>
}

/** The parameters of one block. */
export type CouplingParams<P, Q> = { readonly f: P } & { readonly g: Q }

/** The side of a chain of couplings: nothing, or the inputs that the plan keeps. */
export type CouplingSide<P, Q, X> = ReadonlyArray<readonly [ShearSide<P, X>, ShearSide<Q, X>]>

/** The side of a chain of one residual on two streams: nothing, or the inputs that a plan keeps. */
export type StreamsSide<P, X> = ReadonlyArray<ShearSide<P, X>>

// --------------------------------------------------------- constructors

/**
 * Makes one half of a coupling, (a, b) to (a + Q(h(b)), b). Combine it with swaps and other rearrangements to build
 * custom couplings. Its input must be on the grid.
 *
 * Errors: those of `fromResiduals`.
 */
const half = <P, X, Bit>(h: Residual<P, X, Bit>): Bijection<P, Two<X>, Two<X>, ShearSide<P, X>> => {
  const only = (side: ShearSide<P, X>) => side
  return checkingEnds(h.space, alone<X>, only, only)(onFirst(h))
}

/** Maps (a, b) to (a + Q(h(b)), b). */
const onFirst = <P, X, Bit>(h: Residual<P, X, Bit>): Bijection<P, Two<X>, Two<X>, ShearSide<P, X>> =>
  shear(h, rounded(h.space))

/** Maps (a, b) to (a, b + Q(h(a))). */
const onSecond = <P, X, Bit>(h: Residual<P, X, Bit>): Bijection<P, Two<X>, Two<X>, ShearSide<P, X>> =>
  dimap(swap<X, X>(), swap<X, X>())(onFirst(h))

/** The side of the first half of a chain. */
const firstOf = <P, Q, X>(side: CouplingSide<P, Q, X>) => side[0]?.[0]

/** The side of the last half of a chain. */
const lastOf = <P, Q, X>(side: CouplingSide<P, Q, X>) => side.at(-1)?.[1]

/**
 * Makes the chain of `depth` couplings on pairs. Parameters are an array of `{ f, g }`; a plan can choose for each of
 * the paths 0/f, 0/g, 1/f, ... Its input must be on the grid.
 *
 * Errors: `NotOnGrid` for the input, `GridOverflow` for any activation, `Irreversible` if a rebuilt activation is off
 * the grid or out of its range.
 */
const fromResiduals = <P, Q, X, Bit>(
  { space, f, g }: Residuals<P, Q, X, Bit>,
  depth: number,
): Bijection<ReadonlyArray<CouplingParams<P, Q>>, Two<X>, Two<X>, CouplingSide<P, Q, X>> => {
  const block = F.pipe(named("f")(onFirst({ space, layer: f })), andThen(named("g")(onSecond({ space, layer: g }))))
  return checkingEnds(space, alone<X>, firstOf<P, Q, X>, lastOf<P, Q, X>)(repeat(depth)(block))
}

/**
 * The chain of `depth` blocks of one residual on two streams that take turns, x_0 to (x_{K-1}, x_K):
 *
 *     (x_{-1}, x_0) = (x, x)        x_{k+1} = x_{k-1} + Q(h_k(x_k))
 *
 * Both streams have the full width, as in Rev-ViT (Mangalam et al. 2022). The input must be on the grid.
 *
 * Errors: `NotOnGrid` for the input, `GridOverflow` for any activation, `Irreversible` where the two streams do not
 * come back as one. Throws `RangeError` for a depth that is not a positive integer.
 */
const fromResidual = <P, X, Bit>(
  h: Residual<P, X, Bit>,
  depth: number,
): Bijection<ReadonlyArray<P>, X, Two<X>, StreamsSide<P, X>> => {
  const turn = dimap(identity<Two<X>>(), swap<X, X>())(onFirst(h))
  const blocks = dimap(streams(h.space), identity<Two<X>>())(repeat(depth)(turn))
  return checkingOutput(h.space, alone<X>, (side: StreamsSide<P, X>) => side.at(-1))(blocks)
}

/** x to (x, x). */
const streams = <X, Bit>(space: Space<X, Bit>): Bijection<{}, X, Two<X>, null> => ({
  params: Params.none,
  side: Side.nothing,
  forward: (x) =>
    attemptForward(Side.nothing, (env) => {
      expectOnGrid(space, env, x)
      return [[env.scope.own(x), env.scope.own(x)] as const, null]
    }),
  inverse: ([, x]) => attempt((env) => env.scope.own(x)),
  infer: (x) =>
    attempt((env) => {
      expectOnGrid(space, env, x)
      return [env.scope.own(x), env.scope.own(x)]
    }),
  pullback: ([first, x], _side, [da, db]) =>
    attempt((env) => {
      env.watch.expect({ _tag: "Same", place: Env.place(env), rebuilt: first, recorded: x })
      expectInRangeAgain(space, env, x)
      const sum = space.plus(da, db)
      env.scope.release([first, da, db])
      return { input: x, cotangent: sum, grads: {} }
    }),
})

/** `fromResiduals` for functions that read a context C. The context passes through; its cotangents are summed. */
const fromContextResiduals = <P, Q, C, X, Bit>(
  { space, context, f, g }: ContextResiduals<P, Q, C, X, Bit>,
  depth: number,
): Bijection<
  ReadonlyArray<CouplingParams<P, Q>>,
  readonly [C, Two<X>],
  readonly [C, Two<X>],
  CouplingSide<readonly [P, C], readonly [Q, C], X>
> => {
  const block = F.pipe(
    named("f")(inContext({ space, context, layer: f }, onFirst)),
    andThen(named("g")(inContext({ space, context, layer: g }, onSecond))),
  )
  return checkingEnds(
    space,
    afterContext<C, X>,
    firstOf<readonly [P, C], readonly [Q, C], X>,
    lastOf<readonly [P, C], readonly [Q, C], X>,
  )(repeat(depth)(block))
}

/**
 * Claims that the input of a chain is on the grid, and that its rebuilt input is in range; `begin` and `end` give the
 * sides of its first and last half.
 */
const checkingEnds =
  <X, Bit, B, S>(
    space: Space<X, Bit>,
    stateOf: (b: B) => Two<X>,
    begin: (side: S) => Held<unknown, unknown, unknown> | undefined,
    end: (side: S) => Held<unknown, unknown, unknown> | undefined,
  ) =>
  <R>(f: Bijection<R, B, B, S>): Bijection<R, B, B, S> => {
    const checked = checkingOutput(space, stateOf, end)(f)
    const expecting = <Y>(claim: typeof expectOnGrid, state: B, value: Y) =>
      attempt<R, Y>((env) => {
        for (const x of stateOf(state)) claim(space, env, x)
        return value
      })
    return {
      ...checked,
      forward: (a) => (env) =>
        F.pipe(
          expecting(expectOnGrid, a, null)(env),
          E.chain(() => checked.forward(a)(env)),
        ),
      infer: (a) => (env) =>
        F.pipe(
          expecting(expectOnGrid, a, null)(env),
          E.chain(() => checked.infer(a)(env)),
        ),
      pullback: (b, side, cotangent) => (env) =>
        F.pipe(
          checked.pullback(b, side, cotangent)(env),
          E.chain((pulled) =>
            begin(side)?._tag === "reversed"
              ? expecting(expectInRangeAgain, pulled.input, pulled)(env)
              : E.right(pulled),
          ),
        ),
    }
  }

/** Makes additive couplings of any two residuals, with or without a context. */
export const Coupling = { half, fromResidual, fromResiduals, fromContextResiduals }
