/**
 * BDIA's rule with any rational gamma = g = +-n/d, drawn for every sample and block:
 *
 *     x_1     = x_0 + Q(h_0(x_0))
 *     x_{k+1} = +-(n/d) x_{k-1} + Q((1-g) x_k + (1+g) h_k(x_k))
 *     infer:    x_{k+1} = Q(x_k + h_k(x_k))
 *
 * The scaling is exact through an information buffer (Maclaurin et al. 2015), which travels with the state and is left
 * behind at its end and where it is full: log2(d/n) bits an activation and block, in the mean.
 *
 * Laws: those of `Bijection`; one evaluation of h a block in every direction.
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
import { ignoringContext, withoutContext } from "./context.ts"
import { checkingOutput } from "./evaluation.ts"
import type { ContextResidual, Residual } from "./Residual.ts"
import { signs } from "./scaling.ts"
import type { ShearSide } from "./shear.ts"
import { start, type StartSide } from "./start.ts"
import type { Two } from "./State.ts"
import { drifting } from "./TwoStep.ts"

// ---------------------------------------------------------------- model

/** What a chain leaves: nothing for block 0, what the others spill and, as planned, hold, and the last buffer. */
export type RationalSide<P, C, X> = readonly [
  readonly [StartSide<P, C, X>, ReadonlyArray<readonly [spilled: X | null, shear: ShearSide<P, C, X>]>],
  InformationBuffer<X>,
]

// --------------------------------------------------------- constructors

/** `fromResidual` for a residual that reads a context C, which passes through and whose cotangents add up. */
const fromContextResidual = <P extends object, C, X, Bit>(
  h: ContextResidual<P, C, X, Bit>,
  ratio: Ratio,
  depth: number,
): Bijection<ReadonlyArray<P>, readonly [C, X], readonly [C, Two<X>], RationalSide<P, C, X>> => {
  const { space } = h
  const size = InformationBuffer.size(ratio)
  const scaling: Scaling<X> = { ratio, signs: (env) => signs(env, 1), infer: (_, x) => space.minus(x, x) }
  const turn = second<C>()(first<Carried<X>>()(swap<X, X>()))
  const step = dimap(
    identity<readonly [C, Buffered<X>]>(),
    turn,
  )(
    bufferedStep(
      h,
      scaling,
      drifting(space, (env) => signs(env, size)),
    ),
  )
  const begin = dimap(identity<readonly [C, X]>(), withBuffer<C, X, Bit>(space))(start(h))
  const blocks = chain(begin, step, depth)
  return checkingOutput(
    space,
    ([[head, rest]]: RationalSide<P, C, X>) => rest.at(-1)?.[1] ?? head,
  )(compose(blocks, withoutBuffer<C, X, Bit>(space, ratio), blocks.params, (p) => p))
}

/**
 * The whole chain of `depth` blocks, x_0 to (x_{K-1}, x_K), with gamma = +-n/d: `{ n: 3, d: 5 }`. Its input must be on
 * the grid.
 *
 * Errors: `NotOnGrid` for the input, `GridOverflow` for any activation, `Irreversible` where what was rebuilt is not
 * what was. Throws `RangeError` for a depth below 1, and unless 0 < n < d <= 4096.
 */
const fromResidual = <P extends object, X, Bit>(
  h: Residual<P, X, Bit>,
  ratio: Ratio,
  depth: number,
): Bijection<ReadonlyArray<P>, X, Two<X>, RationalSide<P, null, X>> =>
  withoutContext(fromContextResidual(ignoringContext(h), ratio, depth))

/** BDIA chains with any rational gamma, with or without a context. */
export const Rational = { fromResidual, fromContextResidual }
