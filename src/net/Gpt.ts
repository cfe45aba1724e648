/**
 * A decoder-only transformer like GPT-2, reversible from token ids to loss.
 *
 *     x_0 = Q(tokens[id] + positions[place])
 *     h_k(x) = a + Mlp(LayerNorm(x + a)),   a = Attention(LayerNorm(x))
 *     x_1 .. x_K by BDIA, then LayerNorm, logits and cross-entropy
 *
 * Radford et al. 2019; Zhang et al., ICML 2025.
 */
import type { option as O } from "fp-ts"
import { function as F } from "fp-ts"
import * as t from "io-ts"
import { Bdia } from "../block/Bdia.ts"
import type { Two } from "../block/State.ts"
import { andThen } from "../core/andThen.ts"
import type { Draw } from "../core/Draw.ts"
import { first } from "../core/first.ts"
import { keep } from "../core/keep.ts"
import type { Layer } from "../core/Layer.ts"
import { named } from "../core/named.ts"
import { Params } from "../core/Params.ts"
import { shown } from "../core/quoted.ts"
import { serial } from "../core/serial.ts"
import { Side } from "../core/Side.ts"
import { Attention, checkHeads, type AttentionParams } from "../residual/Attention.ts"
import { ClassifierLoss } from "../residual/ClassifierLoss.ts"
import { Dropout } from "../residual/Dropout.ts"
import { Embedding } from "../residual/Embedding.ts"
import { LayerNorm, type LayerNormParams } from "../residual/LayerNorm.ts"
import { Mlp, type MlpParams } from "../residual/Mlp.ts"
import { multiply } from "../residual/multiply.ts"
import { onGrid } from "../residual/onGrid.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { fraction, integer } from "../tensor/numbers.ts"
import { tensor } from "../tensor/values/tensor.ts"
import { int32TensorSide } from "../tensor/values/tensorSide.ts"
import { tensorSpace } from "../tensor/values/tensorSpace.ts"
import type { tf } from "../tensor/tf.ts"

// ---------------------------------------------------------------- model

/** The sizes of a GPT, decoded from JSON with `GptConfig.decode`. */
export const GptConfig = t.readonly(
  t.strict({
    /** The number of token ids. */
    vocabulary: integer(2, 1_000_000),
    /** The longest sequence, in tokens. */
    context: integer(1, 1_000_000),
    width: integer(1, 65_536),
    heads: integer(1, 65_536),
    /** The number of blocks, the paper's K. */
    depth: integer(1, 100_000),
    /** The paper's l, which is 9 there. */
    fractionBits: integer(0, 23),
    dropout: fraction,
  }),
)

export type GptConfig = t.TypeOf<typeof GptConfig>

/** The parameters of one block's h. */
export interface GptBlock {
  readonly norm1: LayerNormParams
  readonly attention: AttentionParams
  readonly norm2: LayerNormParams
  readonly mlp: MlpParams
}

export interface GptHead {
  readonly norm: LayerNormParams
  /** `[width, vocabulary]` */
  readonly unembed: tf.Tensor
}

export type Gpt = ReturnType<typeof gpt>

// --------------------------------------------------------- constructors

/**
 * Makes a GPT. `network` is the bijection from `[tokens, targets]`, both int32 `[batch, time]`, to the mean
 * cross-entropy in nats per token. `trunk` maps tokens to (x_{K-1}, x_K), and `logits` maps tokens to `[batch, time,
 * vocabulary]`. They share the parameters that they have in common. Throws `RangeError` for sizes that do not fit
 * together.
 */
export const gpt = (config: GptConfig) => {
  checkConfig(config)
  const space = tensorSpace(config.fractionBits)
  const state = Side.pair(space.value, space.value)
  const embedding = Embedding.make(config.vocabulary, config.context, config.width)
  const trunk = F.pipe(
    embedding,
    onGrid(space),
    keep(int32TensorSide),
    named("embed"),
    andThen(F.pipe(Bdia.fromResidual({ space, layer: block(config) }, config.depth), named("blocks"))),
  )
  const network = F.pipe(
    trunk,
    first<tf.Tensor>(),
    andThen(F.pipe(lossHead(config), keep(Side.pair(state, int32TensorSide)), named("head"))),
  )
  const logits = F.pipe(trunk, andThen(F.pipe(logitsHead(config), keep(state), named("head"))))
  return { config, space, trunk, network, logits }
}

const checkConfig = (config: GptConfig): void => {
  const decoded = GptConfig.decode(config)
  if (decoded._tag === "Left") {
    const [first] = decoded.left
    const field = first?.context.find(({ key }) => key !== "")
    throw new RangeError(
      `The field ${field?.key ?? "?"} of a GPT must be ${field?.type.name}, not ${shown(first?.value)}.`,
    )
  }
  checkHeads(config.width, config.heads)
}

/** h_k(x) = a + Mlp(LayerNorm(x + a)) with a = Attention(LayerNorm(x)), on `[batch, time, width]`. */
export const block = ({
  width,
  heads,
  depth,
  dropout,
}: Pick<GptConfig, "width" | "heads" | "depth" | "dropout">): Layer<GptBlock, tf.Tensor, tf.Tensor> => {
  // GPT-2 scales the weights that write to the residual stream by the square root of their number.
  const deviation = 0.02 / Math.sqrt(2 * depth)
  return fromTfjs(
    Params.struct<GptBlock>({
      norm1: LayerNorm.params(width),
      attention: Attention.params(width, deviation),
      norm2: LayerNorm.params(width),
      mlp: Mlp.params(width, 4 * width, deviation),
    }),
    ({ norm1, attention, norm2, mlp }, x: tf.Tensor, draw: O.Option<Draw>) => {
      const drop = (name: string, y: tf.Tensor) => Dropout.apply(name, dropout, y, draw)
      const a = drop("attention", Attention.apply(attention, LayerNorm.apply(norm1, x), heads, "causal"))
      return a.add(drop("mlp", Mlp.apply(mlp, LayerNorm.apply(norm2, x.add(a)))))
    },
  )
}

const headParams = ({ width, vocabulary }: GptConfig): Params<GptHead> =>
  Params.struct<GptHead>({
    norm: LayerNorm.params(width),
    unembed: tensor.normal([width, vocabulary], 0.02),
  })

const logitsOf = ({ norm, unembed }: GptHead, [, x]: Two<tf.Tensor>): tf.Tensor =>
  multiply(LayerNorm.apply(norm, x), unembed)

const logitsHead = (config: GptConfig): Layer<GptHead, Two<tf.Tensor>, tf.Tensor> =>
  fromTfjs(headParams(config), logitsOf)

/** Never allocates all logits of a large vocabulary together: see `ClassifierLoss`. */
const lossHead = ({ width, vocabulary }: GptConfig): Layer<GptHead, readonly [Two<tf.Tensor>, tf.Tensor], tf.Tensor> =>
  F.pipe(
    fromTfjs(
      Params.struct<Pick<GptHead, "norm">>({ norm: LayerNorm.params(width) }),
      ({ norm }, [[, x], targets]: readonly [Two<tf.Tensor>, tf.Tensor]) =>
        [LayerNorm.apply(norm, x), targets] as const,
    ),
    serial(ClassifierLoss.make(width, vocabulary)),
  )
