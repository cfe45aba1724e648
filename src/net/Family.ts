/**
 * Families of reversible blocks: how a network is made of one residual h(x), `depth` times.
 *
 *     bdia()        x_{k+1} = g x_{k-1} + Q((1-g) x_k + (1+g) h_k(x_k)), g = +-1/2 (BDIA), or +-n/d
 *     coupling()    (x, x), then x_{k+1} = x_{k-1} + Q(h_k(x_k)): two streams that take turns; the head reads the mean
 *     midpoint()    x_{k+1} = x_{k-1} + Q(2 h_k(x_k))
 *     leapfrog()    x_{k+1} = -x_{k-1} + 2 x_k + Q(h_k(x_k))
 *     momentum([n, d])   v <- mu v + Q((1-mu) h(x)), x <- x + v from v = 0, mu = n/d
 *     plain()       x_{k+1} = x_k + h_k(x_k) in floats, with stored activations: ordinary training, the baseline
 *
 * All but `plain` are exactly reversible on the grid. The parameters are the same in all: those of h, `depth` times.
 */
import { Bdia, type BdiaSide } from "../block/Bdia.ts"
import { Coupling, type StreamsSide } from "../block/Coupling.ts"
import { Momentum, type MomentumSide } from "../block/Momentum.ts"
import { Rational, type RationalSide } from "../block/Rational.ts"
import type { Residual } from "../block/Residual.ts"
import type { Two } from "../block/State.ts"
import { TwoStep, type TwoStepSide } from "../block/TwoStep.ts"
import type { Bijection } from "../core/Bijection.ts"
import { shown } from "../core/quoted.ts"
import { repeat } from "../core/chain.ts"
import type { Kept } from "../core/Held.ts"
import { keep } from "../core/keep.ts"
import { ShapeMismatch } from "../core/errors/ShapeMismatch.ts"
import { NotDifferentiable } from "../core/errors/NotDifferentiable.ts"
import type { Layer, Recorded } from "../core/Layer.ts"
import { Plan } from "../core/Plan.ts"
import { Side } from "../core/Side.ts"
import { sameShape, showShape } from "../exact/frame.ts"
import { InformationBuffer } from "../exact/InformationBuffer.ts"
import type { Plane } from "../tensor/values/Plane.ts"
import { float32TensorSide } from "../tensor/values/tensorSide.ts"
import type { tf } from "../tensor/tf.ts"

// ---------------------------------------------------------------- model

/** The blocks of a network: from x_0 to a state `St`, of which the head reads `output`. */
export interface Chain<in out P, in out St, in out S> {
  /** As reports and files name it, such as "BDIA, gamma 1/2". */
  readonly name: string
  /** Whether activations are rounded onto the grid, as those of exact families are. */
  readonly arithmetic: "grid" | "floats"
  /** The plan of a training step unless another is given. */
  readonly plan: Plan
  readonly bijection: Bijection<ReadonlyArray<P>, tf.Tensor, St, S>
  /** The codec of the state. */
  readonly state: Side<St>
  /** What the head reads, `[batch, ...]`. */
  readonly output: (state: St) => tf.Tensor
}

/** How blocks are made of a residual, `depth` times. */
export type Family<P, St, S> = (h: Residual<P, tf.Tensor, Plane>, depth: number) => Chain<P, St, S>

/** The sides of the families on tensors. */
type Activation = tf.Tensor

// --------------------------------------------------------- constructors

/**
 * BDIA (Zhang et al. 2025, equation 19): gamma is +-1/2 for every sample and block, and one bit an activation is
 * stored.
 */
export function bdia(): <P extends object>(
  h: Residual<P, Activation, Plane>,
  depth: number,
) => Chain<P, Two<Activation>, BdiaSide<P, Activation, Plane>>
/**
 * BDIA with gamma = +-n/d, of which log2(d/n) bits an activation are stored. Throws `RangeError` unless 0 < n < d <=
 * 4096.
 */
export function bdia(options: {
  /** n and d. */
  readonly gamma: readonly [n: number, d: number]
}): <P extends object>(
  h: Residual<P, Activation, Plane>,
  depth: number,
) => Chain<P, Two<Activation>, RationalSide<P, Activation>>
export function bdia(options?: { readonly gamma: readonly [n: number, d: number] }) {
  if (options === undefined)
    return <P extends object>(h: Residual<P, Activation, Plane>, depth: number) =>
      onGrid("BDIA, gamma 1/2", h, Bdia.fromResidual(h, depth), last)
  const [n, d] = ratioOf("bdia", options.gamma)
  if (2 * n === d)
    throw new RangeError(
      `gamma ${n}/${d} is the default of bdia, and has an implementation of its own. Leave the option out.`,
    )
  return <P extends object>(h: Residual<P, Activation, Plane>, depth: number) =>
    onGrid(`BDIA, gamma ${n}/${d}`, h, Rational.fromResidual(h, { n, d }, depth), last)
}

/**
 * Additive coupling of two full-width streams (x, x) that take turns; the head reads their mean. Nothing is stored.
 * Mangalam et al. 2022.
 */
export const coupling =
  () =>
  <P extends object>(
    h: Residual<P, Activation, Plane>,
    depth: number,
  ): Chain<P, Two<Activation>, StreamsSide<P, Activation>> =>
    onGrid("coupling", h, Coupling.fromResidual(h, depth), ([a, b]) => a.add(b).mul(0.5))

/** The explicit midpoint rule. Nothing is stored. Chang et al. 2018. */
export const midpoint =
  () =>
  <P extends object>(
    h: Residual<P, Activation, Plane>,
    depth: number,
  ): Chain<P, Two<Activation>, TwoStepSide<P, Activation, null>> =>
    onGrid("midpoint", h, TwoStep.fromResidual(h, TwoStep.midpoint(h.space), depth), last)

/** The leapfrog rule. Nothing is stored. Chang et al. 2018. */
export const leapfrog =
  () =>
  <P extends object>(
    h: Residual<P, Activation, Plane>,
    depth: number,
  ): Chain<P, Two<Activation>, TwoStepSide<P, Activation, null>> =>
    onGrid("leapfrog", h, TwoStep.fromResidual(h, TwoStep.leapfrog(h.space), depth), last)

/**
 * A momentum network with mu = n/d, of which log2(d/n) bits an activation are stored; the head reads the position.
 * Sander et al. 2021. Throws `RangeError` unless 0 < n < d <= 4096.
 */
export const momentum = (ratio: readonly [n: number, d: number]) => {
  const [n, d] = ratioOf("momentum", ratio)
  return <P extends object>(
    h: Residual<P, Activation, Plane>,
    depth: number,
  ): Chain<P, Two<Activation>, MomentumSide<P, Activation>> =>
    onGrid(`momentum ${n}/${d}`, h, Momentum.fromResidual(h, { n, d }, depth), ([x]) => x)
}

/**
 * The plain residual network x + h(x), in floats and with stored activations: what reversible networks are compared
 * with.
 */
export const plain =
  () =>
  <P extends object>(h: Residual<P, Activation, Plane>, depth: number): Chain<P, Activation, PlainSide<P>> => ({
    name: "plain",
    arithmetic: "floats",
    plan: Plan.taped,
    bijection: repeat(depth)(keep(floats)(adding(h.layer))),
    state: floats,
    output: (x) => x,
  })

/** The side of plain blocks: their inputs, or their tapes. */
export type PlainSide<P> = ReadonlyArray<Kept<Activation, Recorded<P, Activation, Activation>>>

// ---------------------------------------------------------- destructors

/** Throws `RangeError` unless a ratio is one that values can be scaled by. */
const ratioOf = (family: string, ratio: unknown): readonly [n: number, d: number] => {
  if (!Array.isArray(ratio) || ratio.length !== 2)
    throw new RangeError(`${family} takes a ratio as two integers, such as [9, 10], not ${shown(ratio)}.`)
  const [n, d] = ratio as [number, number] // `size` refuses what are not integers
  InformationBuffer.size({ n, d })
  return [n, d]
}

const onGrid = <P, S>(
  name: string,
  { space }: Residual<P, Activation, Plane>,
  bijection: Bijection<ReadonlyArray<P>, Activation, Two<Activation>, S>,
  output: (state: Two<Activation>) => Activation,
): Chain<P, Two<Activation>, S> => ({
  name,
  arithmetic: "grid",
  plan: Plan.reversed,
  bijection,
  state: Side.pair(space.value, space.value),
  output,
})

/** x_K of a two-step chain. */
const last = ([, x]: Two<Activation>): Activation => x

const floats = float32TensorSide(null)

/** x + h(x). */
const adding = <P>(h: Layer<P, Activation, Activation>): Layer<P, Activation, Activation> => ({
  params: h.params,
  apply: (params, x, draw) => x.add(shapedAs(x, h.apply(params, x, draw))),
  vjp: (params, x, draw) => {
    const { value, held, pull } = h.vjp(params, x, draw)
    return {
      value: x.add(shapedAs(x, value)),
      held: [value, ...held],
      pull: (dy) => {
        const { cotangent, grads } = pull(dy)
        if (cotangent === null) throw new NotDifferentiable({ path: [], what: "The block" })
        return { cotangent: dy.add(cotangent), grads }
      },
    }
  },
})

const shapedAs = (x: Activation, h: Activation): Activation => {
  if (!sameShape(x.shape, h.shape))
    throw new ShapeMismatch(
      `The block maps activations of shape ${showShape(x.shape)} to ${showShape(h.shape)}. A residual keeps the shape of its input.`,
    )
  return h
}
