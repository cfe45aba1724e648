/**
 * BDIA's rule with any rational gamma = g = +-n/d, drawn for each sample and block:
 *
 *     x_1     = x_0 + Q(h_0(x_0))
 *     x_{k+1} = +-(n/d) x_{k-1} + Q((1-g) x_k + (1+g) h_k(x_k))
 *     infer:    x_{k+1} = Q(x_k + h_k(x_k))
 *
 * An information buffer (Maclaurin et al. 2015) makes the scaling exact. It is part of the state, and becomes side
 * information when it is full and at the end of the chain. On average it takes log2(d/n) bits per activation and block.
 *
 * Laws: those of `Bijection`; each block evaluates h once in every direction.
 */
import { compose } from "../core/andThen.ts"
import type { Bijection } from "../core/Bijection.ts"
import { chain } from "../core/chain.ts"
import { dimap } from "../core/dimap.ts"
import { identity } from "../core/identity.ts"
import { swap } from "../core/rearrange.ts"
import { first } from "../core/first.ts"
import { second } from "../core/second.ts"
import { InformationBuffer, type Ratio } from "../exact/InformationBuffer.ts"
import { bufferedStep, withBuffer, withoutBuffer, type Buffered, type Carried, type Scaling } from "./buffered.ts"
import { inContext } from "./context.ts"
import { afterContext, alone, checkingOutput } from "./evaluation.ts"
import type { ContextResidual, Residual } from "./Residual.ts"
import { signs } from "./scaling.ts"
import type { ShearSide } from "./shear.ts"
import { start, type StartSide } from "./start.ts"
import type { Two } from "./State.ts"
import { drifting } from "./TwoStep.ts"

// ---------------------------------------------------------------- model

/** The side of a chain: none for block 0, what the other blocks spill, what the plan keeps, and the last buffer. */
export type RationalSide<P, X> = readonly [
  readonly [StartSide<P, X>, ReadonlyArray<readonly [spilled: X | null, shear: ShearSide<P, X>]>],
  InformationBuffer<X>,
]

// --------------------------------------------------------- constructors

/** Block 0, which starts with an empty buffer. */
const begin = <P, X, Bit>(h: Residual<P, X, Bit>): Bijection<P, X, Buffered<X>, StartSide<P, X>> =>
  dimap(identity<X>(), withBuffer(h.space))(start(h))

/** Block k >= 1 maps (x_{k-1}, x_k) to (x_k, x_{k+1}). */
const step = <P extends object, X, Bit>(
  h: Residual<P, X, Bit>,
  ratio: Ratio,
): Bijection<P, Buffered<X>, Buffered<X>, RationalSide<P, X>[0][1][number]> => {
  const { space } = h
  const size = InformationBuffer.size(ratio)
  const scaling: Scaling<X> = { ratio, signs: (env) => signs(env, 1), infer: (_, x) => space.minus(x, x) }
  const addition = drifting(space, (env) => signs(env, size))
  return dimap(identity<Buffered<X>>(), first<Carried<X>>()(swap<X, X>()))(bufferedStep(h, scaling, addition))
}

/** The side of the last evaluation in a chain. */
const lastOf = <P, X>([[head, rest]]: RationalSide<P, X>) => rest.at(-1)?.[1] ?? head

/**
 * Makes the whole chain of `depth` blocks, x_0 to (x_{K-1}, x_K), with gamma = +-n/d: `{ n: 3, d: 5 }`. Its input must
 * be on the grid.
 *
 * Errors: `NotOnGrid` for the input, `GridOverflow` for any activation, `Irreversible` if rebuilt activations differ
 * from the original ones. Throws `RangeError` for a depth below 1, and unless 0 < n < d <= 4096.
 */
const fromResidual = <P extends object, X, Bit>(
  h: Residual<P, X, Bit>,
  ratio: Ratio,
  depth: number,
): Bijection<ReadonlyArray<P>, X, Two<X>, RationalSide<P, X>> => {
  const blocks = chain(begin(h), step(h, ratio), depth)
  const all = compose(blocks, withoutBuffer(h.space, ratio), blocks.params, (p) => p)
  return checkingOutput(h.space, alone<X>, lastOf<P, X>)(all)
}

/** `fromResidual` for a residual that reads a context C. The context passes through; its cotangents are summed. */
const fromContextResidual = <P, C, X, Bit>(
  h: ContextResidual<P, C, X, Bit>,
  ratio: Ratio,
  depth: number,
): Bijection<ReadonlyArray<P>, readonly [C, X], readonly [C, Two<X>], RationalSide<readonly [P, C], X>> => {
  const blocks = chain(
    inContext(h, begin),
    inContext(h, (given) => step(given, ratio)),
    depth,
  )
  const all = compose(blocks, second<C>()(withoutBuffer(h.space, ratio)), blocks.params, (p) => p)
  return checkingOutput(h.space, afterContext<C, X>, lastOf<readonly [P, C], X>)(all)
}

/** Makes BDIA chains with any rational gamma, with or without a context. */
export const Rational = { fromResidual, fromContextResidual }
