/**
 * A network from its parts: an embedding, a residual block that is repeated exactly reversibly, a head and a loss.
 *
 *     x_0 = Q(embed(inputs)),  x_1 .. x_K by a family of blocks,  outputs = head(x),  loss(outputs, targets)
 *
 * It is `pipe(embed, onGrid, keep, named("embed"), andThen(named("blocks")(chain)), first,
 * andThen(named("head")(keep(head and loss))))`.
 */
import { function as F } from "fp-ts"
import type { BdiaSide } from "../block/Bdia.ts"
import type { Two } from "../block/State.ts"
import { andThen } from "../core/andThen.ts"
import type { Bijection } from "../core/Bijection.ts"
import { first } from "../core/first.ts"
import type { Kept } from "../core/Held.ts"
import { keep } from "../core/keep.ts"
import type { Layer, Recorded } from "../core/Layer.ts"
import { named } from "../core/named.ts"
import { Params } from "../core/Params.ts"
import type { Plan } from "../core/Plan.ts"
import type { Program } from "../core/Program.ts"
import { quoted, shown } from "../core/quoted.ts"
import { inSeries } from "../core/serial.ts"
import { Side } from "../core/Side.ts"
import { onGrid } from "../residual/onGrid.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import type { Plane } from "../tensor/values/Plane.ts"
import { tensorScope } from "../tensor/values/tensorScope.ts"
import { tensorSpace } from "../tensor/values/tensorSpace.ts"
import { treeSide } from "../tensor/values/treeSide.ts"
import type { tf } from "../tensor/tf.ts"
import { isClassifier } from "./classifier.ts"
import { bdia, type Chain, type Family } from "./Family.ts"
import { followShapes } from "./followShapes.ts"
import { lossOf, type Loss } from "./Loss.ts"

// ---------------------------------------------------------------- model

/**
 * The parts of a network: `E`, `B` and `H` are the parameters of embedding, block and head, `I` inputs, `Y` outputs,
 * `T` targets.
 */
export interface Parts<in out E, in out B, in out H, in out I, in out Y, in out T, in out M extends string> {
  /** From inputs to activations `[batch, ...]`. */
  readonly embed: Layer<E, I, tf.Tensor>
  /** The residual h: it keeps the shape of the activations. */
  readonly block: Layer<B, tf.Tensor, tf.Tensor>
  /** How many blocks, the paper's K: a positive integer. */
  readonly depth: number
  /** From the last activation to outputs. */
  readonly head: Layer<H, tf.Tensor, Y>
  readonly loss: Loss<Y, T, M>
  /** The paper's l: activations are multiples of 2^-l. 9 unless given, as in the paper. */
  readonly fractionBits?: number
}

/** The parameters of a network. */
export type Weights<E, B, H> = { readonly embed: E } & { readonly blocks: ReadonlyArray<B> } & { readonly head: H }

/** The side of a network: inputs, what the blocks leave, and the input of the head. */
export type NetSide<E, H, I, T, St, S> = readonly [
  readonly [Kept<I, Recorded<E, I, tf.Tensor>>, S],
  Kept<readonly [St, T], Recorded<H, readonly [St, T], tf.Tensor>>,
]

/** A network, for `train`, `evaluate`, `predict`, `save` and `load`. */
export interface Network<in out P, in out I, in out Y, in out T, in out M extends string, in out S> {
  /**
   * The whole network, from inputs and targets to the loss: the value that laws, plans, ledgers and `toFunction` take.
   */
  readonly bijection: Bijection<P, readonly [inputs: I, targets: T], tf.Tensor, S>
  /** From inputs to outputs, without the loss. */
  readonly outputs: Bijection<P, I, Y, unknown>
  /** From inputs to what the head reads, at inference. */
  readonly features: (inputs: I) => Program<P, tf.Tensor>
  /** From what the head reads to outputs, at inference. */
  readonly head: Head<P, Y>
  readonly loss: Loss<Y, T, M>
  /** The plan of its training steps unless another is given. */
  readonly plan: Plan
  readonly description: Description
  /**
   * What files say of it: the configuration of a network of this library, such as a `GptConfig`, else the description.
   */
  readonly definition: unknown
  /**
   * Follows the shapes of a batch through embedding, block, head and loss. Throws where they do not fit; nothing is
   * computed.
   */
  readonly checkShapes: (inputs: I, targets: T) => void
}

/** The last part of a network. */
export interface Head<in out P, in out Y> {
  /** The number of classes of a head that `classifier` made, else null. */
  readonly classes: number | null
  readonly outputs: (features: tf.Tensor) => Program<P, Y>
}

/** What the definition of a network says beside its layers, for reports and files. */
export interface Description {
  /** Such as "BDIA, gamma 1/2". */
  readonly family: string
  readonly depth: number
  /** The l of its grid 2^-l; null where it computes in floats. */
  readonly fractionBits: number | null
}

/** A network, and the part of it before its head. */
export interface Built<
  in out E,
  in out B,
  in out H,
  in out I,
  in out Y,
  in out T,
  in out M extends string,
  in out St,
  in out S,
> extends Network<Weights<E, B, H>, I, Y, T, M, NetSide<E, H, I, T, St, S>> {
  readonly trunk: Bijection<Omit<Weights<E, B, H>, "head">, I, St, NetSide<E, H, I, T, St, S>[0]>
}

// --------------------------------------------------------- constructors

/**
 * Makes a network from its parts. `family` says how the blocks are made of the residual `block`: `bdia()` unless given.
 *
 * Throws `RangeError` for a part that is missing, an unknown option, and a depth or fraction bits that are none.
 *
 * ```ts
 * import { classification, layer, network } from "bijou/net"
 * import { tensor } from "bijou/tensor"
 *
 * const net = network({
 *   embed: layer({ w: tensor.normal([784, 64], 0.05) }, ({ w }, x) => x.matMul(w)),
 *   block: layer({ w: tensor.normal([64, 64], 0.1) }, ({ w }, x) => x.matMul(w).tanh()),
 *   depth: 12,
 *   head: layer({ w: tensor.normal([64, 10], 0.05) }, ({ w }, x) => x.matMul(w)),
 *   loss: classification,
 * })
 * net.description // => { family: 'BDIA, gamma 1/2', depth: 12, fractionBits: 9 }
 * ```
 */
export function network<E extends object, B extends object, H extends object, I, Y, T, M extends string>(
  parts: Parts<E, B, H, I, Y, T, M> & { readonly family?: undefined },
): Network<Weights<E, B, H>, I, Y, T, M, NetSide<E, H, I, T, Two<tf.Tensor>, BdiaSide<B, tf.Tensor, Plane>>>
export function network<E extends object, B extends object, H extends object, I, Y, T, M extends string, St, S>(
  parts: Parts<E, B, H, I, Y, T, M> & { readonly family: Family<B, St, S> },
): Network<Weights<E, B, H>, I, Y, T, M, NetSide<E, H, I, T, St, S>>
export function network<E extends object, B extends object, H extends object, I, Y, T, M extends string, St, S>(
  parts: Parts<E, B, H, I, Y, T, M> & { readonly family?: Family<B, St, S> | undefined },
): unknown {
  checkParts(parts)
  return parts.family === undefined ? build(parts, bdia()) : build(parts, parts.family)
}

/** `network` of parts that are known to be whole, with its trunk: from inputs to the state that the blocks end in. */
export const build = <E extends object, B extends object, H extends object, I, Y, T, M extends string, St, S>(
  { embed, block, depth, head, loss, fractionBits = 9 }: Parts<E, B, H, I, Y, T, M>,
  family: Family<B, St, S>,
): Built<E, B, H, I, Y, T, M, St, S> => {
  const space = tensorSpace(fractionBits)
  const chain = family({ space, layer: block }, depth)
  const begin = chain.arithmetic === "grid" ? onGrid(space)(embed) : embed
  const trunk = F.pipe(
    F.pipe(begin, keep(treeSide<I>()), named("embed")),
    andThen(F.pipe(chain.bijection, named("blocks"))),
  )
  const bijection = F.pipe(
    trunk,
    first<T>(),
    andThen(F.pipe(lossLayer(chain, head, loss), keep(Side.pair(chain.state, treeSide<T>())), named("head"))),
  )
  const outputs = F.pipe(trunk, andThen(F.pipe(outputLayer(chain, head), keep(chain.state), named("head"))))
  const read = keep(chain.state)(fromTfjs(Params.none, (_, state: St) => chain.output(state)))
  const description = { family: chain.name, depth, fractionBits: chain.arithmetic === "grid" ? fractionBits : null }
  return {
    trunk,
    bijection,
    outputs: outputs as Bijection<Weights<E, B, H>, I, Y, unknown>, // its side goes from its forward pass to its inverse, and nowhere else
    features: F.pipe(trunk, andThen(read)).infer,
    head: {
      classes: isClassifier(head) ? head.classes : null,
      outputs: F.pipe(head, keep(treeSide<tf.Tensor>()), named("head")).infer,
    },
    loss,
    plan: chain.plan,
    description,
    definition: description,
    checkShapes: (inputs, targets) => followShapes({ embed, block, head, loss }, inputs, targets),
  }
}

/** From the state that a chain ends in, and targets, to the loss. */
const lossLayer = <B, H extends object, Y, T, M extends string, St, S>(
  { output }: Chain<B, St, S>,
  head: Layer<H, tf.Tensor, Y>,
  loss: Loss<Y, T, M>,
): Layer<H, readonly [St, T], tf.Tensor> =>
  inSeries(
    fromTfjs(Params.none, (_, [state, targets]: readonly [St, T]) => [output(state), targets] as const),
    loss.after?.(head) ?? inSeries(beside<T>()(head), lossOf(loss), head.params),
    head.params,
  )

/** From the state that a chain ends in to outputs. */
const outputLayer = <B, H extends object, Y, St, S>(
  { output }: Chain<B, St, S>,
  head: Layer<H, tf.Tensor, Y>,
): Layer<H, St, Y> =>
  inSeries(
    fromTfjs(Params.none, (_, state: St) => output(state)),
    head,
    head.params,
  )

/** A layer on the first half of a pair, whose second half passes through. */
const beside =
  <T>() =>
  <P, A, B>(f: Layer<P, A, B>): Layer<P, readonly [A, T], readonly [B, T]> => ({
    params: f.params,
    apply: (params, [a, t], draw) => [f.apply(params, a, draw), t],
    vjp: (params, [a, t], draw) => {
      const { value, held, pull } = f.vjp(params, a, draw)
      return {
        value: [value, tensorScope.own(t)] as const,
        held,
        pull: ([db, dt]) => {
          const { cotangent, grads } = pull(db)
          return { cotangent: cotangent === null ? null : ([cotangent, dt] as const), grads }
        },
      }
    },
  })

const names = ["embed", "block", "depth", "family", "head", "loss", "fractionBits"]

/** Throws for what JavaScript may be given, and TypeScript refuses. */
const checkParts = (parts: object): void => {
  const unknown = Object.keys(parts).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new RangeError(`network has no option ${quoted(unknown)}; its options are ${names.join(", ")}.`)
  for (const name of ["embed", "block", "head"] as const) {
    const part: unknown = Reflect.get(parts, name)
    if (!isLayer(part))
      throw new RangeError(
        `The part ${name} of a network must be a layer, not ${shown(part)}. Make one with layer(params, f).`,
      )
  }
  const loss: unknown = Reflect.get(parts, "loss")
  if (typeof loss !== "object" || loss === null || !("terms" in loss))
    throw new RangeError(
      `The loss of a network must be one such as classification, regression or loss((outputs, targets) => ...), not ${shown(loss)}.`,
    )
  const family: unknown = Reflect.get(parts, "family")
  if (family !== undefined && typeof family !== "function")
    throw new RangeError(`The family of a network must be one such as bdia() or coupling(), not ${shown(family)}.`)
}

const isLayer = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "apply" in value && "vjp" in value
