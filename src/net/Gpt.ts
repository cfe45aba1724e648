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
import * as t from "io-ts"
import type { BdiaSide } from "../block/Bdia.ts"
import type { Two } from "../block/State.ts"
import type { Draw } from "../core/Draw.ts"
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { shown } from "../core/quoted.ts"
import type { Space } from "../exact/Space.ts"
import { Attention, checkHeads, type AttentionParams } from "../residual/Attention.ts"
import { Dropout } from "../residual/Dropout.ts"
import { Embedding, type EmbeddingParams } from "../residual/Embedding.ts"
import { LayerNorm, type LayerNormParams } from "../residual/LayerNorm.ts"
import { Mlp, type MlpParams } from "../residual/Mlp.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { fraction, integer } from "../tensor/numbers.ts"
import type { Plane } from "../tensor/values/Plane.ts"
import { tensorSpace } from "../tensor/values/tensorSpace.ts"
import type { tf } from "../tensor/tf.ts"
import { classifier, type ClassifierHead } from "./classifier.ts"
import { bdia } from "./Family.ts"
import { classification } from "./Loss.ts"
import { build, type Built } from "./network.ts"

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

/** A GPT: a network from tokens to logits `[batch, time, vocabulary]`. */
export interface Gpt extends Built<
  EmbeddingParams,
  GptBlock,
  ClassifierHead,
  tf.Tensor,
  tf.Tensor,
  tf.Tensor,
  "accuracy",
  Two<tf.Tensor>,
  BdiaSide<GptBlock, tf.Tensor, Plane>
> {
  readonly config: GptConfig
  readonly space: Space<tf.Tensor, Plane>
}

// --------------------------------------------------------- constructors

/**
 * Makes a GPT: the network from tokens to logits `[batch, time, vocabulary]`, and with targets to the mean
 * cross-entropy in nats per token. Tokens and targets are int32 `[batch, time]`. `trunk` maps tokens to (x_{K-1}, x_K).
 * Throws `RangeError` for sizes that do not fit together.
 */
export const gpt = (config: GptConfig): Gpt => {
  checkConfig(config)
  const { vocabulary, context, width, depth, fractionBits } = config
  const embed = Embedding.make(vocabulary, context, width)
  const head = classifier(width, vocabulary)
  return {
    ...build({ embed, block: block(config), depth, head, loss: classification, fractionBits }, bdia()),
    config,
    definition: config,
    space: tensorSpace(fractionBits),
  }
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
