/**
 * Two-step chains: x_{k+1} is a scaled x_{k-1} plus a function of x_k, so x_{k-1} can be recovered.
 *
 *     x_1     = x_0 + Q(h_0(x_0))
 *     midpoint    x_{k+1} =  x_{k-1} + Q(2 h_k(x_k))
 *     leapfrog    x_{k+1} = -x_{k-1} + (2 x_k + Q(h_k(x_k)))
 *     dyadic(m)   x_{k+1} = g (x_{k-1} + s_k u) + Q((1-g) x_k + (1+g) h_k(x_k)),  g = +-2^-m drawn for each sample and
 *                 block, u the step 2^-l, s_k = (-x_{k-1} / u) mod 2^m in m bits
 *
 * Midpoint and leapfrog (Chang et al., "Reversible Architectures for Arbitrarily Deep Residual Neural Networks", AAAI
 * 2018, section 3; the explicit midpoint rule and Verlet's method) have no side information. Dyadic is BDIA's rule for
 * any gamma = +-2^-m; its side has m bits per activation. At inference g is its expectation: 1, -1 and 0.
 *
 * Laws: those of `Bijection`; each block evaluates h once in every direction.
 */
import type { Bijection } from "../core/Bijection.ts"
import { compose } from "../core/andThen.ts"
import { chain } from "../core/chain.ts"
import { dimap } from "../core/dimap.ts"
import { first } from "../core/first.ts"
import { identity } from "../core/identity.ts"
import { swap } from "../core/rearrange.ts"
import type { Space } from "../exact/Space.ts"
import { inContext } from "./context.ts"
import { afterContext, alone, checkingOutput } from "./evaluation.ts"
import type { ContextResidual, Residual } from "./Residual.ts"
import { dyadicGammas, halved, negated } from "./scaling.ts"
import { shear, type Addition, type ShearSide } from "./shear.ts"
import { start, type StartSide } from "./start.ts"
import type { Two } from "./State.ts"

// ---------------------------------------------------------------- model

/** How x_{k-1} is scaled, with side S, and what is added to it. */
export interface Scheme<in out X, in out S> {
  readonly scale: Bijection<{}, X, X, S>
  readonly addition: Addition<X>
}

/** The side of a chain: none for block 0, and per other block what its scaling loses, or what the plan keeps. */
export type TwoStepSide<P, X, S> = readonly [
  StartSide<P, X>,
  ReadonlyArray<readonly [scale: S, shear: ShearSide<P, X>]>,
]

// --------------------------------------------------------- constructors

/** x_{k+1} = x_{k-1} + Q(2 h(x_k)). */
const midpoint = <X, Bit>({ plus, quantize }: Space<X, Bit>): Scheme<X, null> => ({
  scale: identity(),
  addition: {
    gamma: () => [],
    expected: 1,
    value: (_g, _x, h) => quantize(plus(h, h)),
    pull: (_g, dn) => plus(dn, dn),
    straight: (_g, dx) => dx,
  },
})

/** x_{k+1} = -x_{k-1} + (2 x_k + Q(h(x_k))). 2 x_k is an even multiple of the step, so rounding h rounds the sum. */
const leapfrog = <X, Bit>(space: Space<X, Bit>): Scheme<X, null> => {
  const { plus, quantize } = space
  return {
    scale: negated(space),
    addition: {
      gamma: () => [],
      expected: -1,
      value: (_g, x, h) => plus(plus(x, x), quantize(h)),
      pull: (_g, dn) => dn,
      straight: (_g, dx, dn) => plus(dx, plus(dn, dn)),
    },
  }
}

/** BDIA's rule with gamma = +-2^-m. Throws `RangeError` unless m is an integer from 1 to 20. */
const dyadic = <X, Bit>(space: Space<X, Bit>, m: number): Scheme<X, ReadonlyArray<Bit>> => ({
  scale: halved(space, m),
  addition: drifting(space, dyadicGammas(m)),
})

/** Q((1-g) x + (1+g) h). */
export const drifting = <X, Bit>({ drift, plus, times }: Space<X, Bit>, gamma: Addition<X>["gamma"]): Addition<X> => ({
  gamma,
  expected: 0,
  value: drift,
  pull: (gammas, dn) =>
    times(
      gammas.map((g) => 1 + g),
      dn,
    ),
  straight: (gammas, dx, dn) =>
    plus(
      dx,
      times(
        gammas.map((g) => 1 - g),
        dn,
      ),
    ),
})

/** Block k >= 1 maps (x_{k-1}, x_k) to (x_k, x_{k+1}). */
const step = <P extends object, X, Bit, S>(
  h: Residual<P, X, Bit>,
  { scale, addition }: Scheme<X, S>,
): Bijection<P, Two<X>, Two<X>, readonly [S, ShearSide<P, X>]> => {
  const scaled = first<X>()(scale)
  const added = dimap(identity<Two<X>>(), swap<X, X>())(shear(h, addition))
  return compose(scaled, added, h.layer.params, (_, p) => p)
}

/** The side of the last evaluation in a chain. */
const lastOf = <P, X, S>([begin, rest]: TwoStepSide<P, X, S>) => rest.at(-1)?.[1] ?? begin

/**
 * Makes the whole chain of `depth` blocks, x_0 to (x_{K-1}, x_K), by a scheme on the residual's space:
 * `TwoStep.fromResidual({ space, layer }, TwoStep.midpoint(space), 12)`. Its input must be on the grid.
 *
 * Errors: `NotOnGrid` for the input, `GridOverflow` for any activation, `Irreversible` if rebuilt activations differ
 * from the original ones. Throws `RangeError` for a depth below 1.
 */
const fromResidual = <P extends object, X, Bit, S>(
  h: Residual<P, X, Bit>,
  scheme: Scheme<X, S>,
  depth: number,
): Bijection<ReadonlyArray<P>, X, Two<X>, TwoStepSide<P, X, S>> =>
  checkingOutput(h.space, alone<X>, lastOf<P, X, S>)(chain(start(h), step(h, scheme), depth))

/** `fromResidual` for a residual that reads a context C. The context passes through; its cotangents are summed. */
const fromContextResidual = <P, C, X, Bit, S>(
  h: ContextResidual<P, C, X, Bit>,
  scheme: Scheme<X, S>,
  depth: number,
): Bijection<ReadonlyArray<P>, readonly [C, X], readonly [C, Two<X>], TwoStepSide<readonly [P, C], X, S>> =>
  checkingOutput(
    h.space,
    afterContext<C, X>,
    lastOf<readonly [P, C], X, S>,
  )(
    chain(
      inContext(h, start),
      inContext(h, (given) => step(given, scheme)),
      depth,
    ),
  )

/** Makes two-step chains from any residual, with or without a context, and their schemes. */
export const TwoStep = { midpoint, leapfrog, dyadic, fromResidual, fromContextResidual }
