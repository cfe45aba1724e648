/**
 * A learned, exact mixing of channels: a product of lifting steps, each rounded onto the grid.
 *
 *     (a, b) = the channels in a fixed order, cut in two
 *     a <- a + Q(b U),  b <- b + Q(a V),  a <- a + Q(b W)
 *
 * It replaces the invertible 1 x 1 convolution (Kingma and Dhariwal, "Glow", 2018), factored into lifting steps
 * (Daubechies and Sweldens 1998). Each step is rounded as the couplings of integer discrete flows are (Hoogeboom et
 * al., "Integer Discrete Flows and Lossless Compression", 2019). U, V and W are its parameters. Rounding passes
 * cotangents straight through.
 */
import { function as F } from "fp-ts"
import { Coupling } from "../block/Coupling.ts"
import type { ShearSide } from "../block/shear.ts"
import { andThen } from "../core/andThen.ts"
import type { Bijection } from "../core/Bijection.ts"
import { dimap } from "../core/dimap.ts"
import { identity } from "../core/identity.ts"
import type { Key } from "../core/Key.ts"
import type { Layer } from "../core/Layer.ts"
import { named } from "../core/named.ts"
import { Params } from "../core/Params.ts"
import { swap } from "../core/rearrange.ts"
import { permutation } from "../exact/draws.ts"
import type { Space } from "../exact/Space.ts"
import { multiply } from "../residual/multiply.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { halves, joined, permuted } from "../tensor/ops/rearrangements.ts"
import { tensor } from "../tensor/values/tensor.ts"
import type { tf } from "../tensor/tf.ts"

// ---------------------------------------------------------------- model

/** One matrix of lifting coefficients, `[width / 2, width / 2]`. */
export interface LiftingParams {
  readonly weight: tf.Tensor
}

/** The parameters of a mixing: U, V and W. */
export type MixingParams = { readonly u: LiftingParams } & { readonly v: LiftingParams } & {
  readonly w: LiftingParams
}

/** The side information of the three steps: nothing, or their inputs if the plan keeps them. */
export type MixingSide = readonly [readonly [LiftingSide, LiftingSide], LiftingSide]

/** The side information of a lifting step. */
export type LiftingSide = ShearSide<LiftingParams, tf.Tensor>

// --------------------------------------------------------- constructors

/**
 * Mixes the last axis, of even `width`, in an order drawn from the key. It maps `[..., width]` to the same shape and
 * leaves no side information. `deviation` is the standard deviation of the initial coefficients. Throws `RangeError`
 * for an odd width.
 */
export const mixing = <Bit>(
  space: Space<tf.Tensor, Bit>,
  width: number,
  key: Key,
  deviation: number,
): Bijection<MixingParams, tf.Tensor, tf.Tensor, MixingSide> => {
  if (!Number.isInteger(width / 2) || width < 2)
    throw new RangeError(`Channels are mixed in two halves, so the width must be even, not ${width}.`)
  const layer = lifting(width / 2, deviation)
  const onFirst = Coupling.half({ space, layer })
  const onSecond = dimap(swap<tf.Tensor, tf.Tensor>(), swap<tf.Tensor, tf.Tensor>())(onFirst)
  const order = permutation(key, width)
  const cut = dimap(permuted(-1, order), halves(-1))(identity())
  return F.pipe(
    named("u")(onFirst),
    andThen(named("v")(onSecond)),
    andThen(named("w")(onFirst)),
    dimap(cut, joined(-1)),
  )
}

/** x W, with no bias. */
const lifting = (width: number, deviation: number): Layer<LiftingParams, tf.Tensor, tf.Tensor> =>
  fromTfjs(
    Params.struct<LiftingParams>({ weight: tensor.normal([width, width], deviation) }),
    ({ weight }, x: tf.Tensor) => multiply(x, weight),
  )
