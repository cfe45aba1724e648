/**
 * Learned vectors for tokens and positions.
 */
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { ShapeMismatch } from "../core/errors/ShapeMismatch.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { tensor } from "../tensor/values/tensor.ts"
import { fitting, float, given, show, widthOf, type Inputs } from "../tensor/kernels/spec/checks.ts"
import { tf } from "../tensor/tf.ts"

// ---------------------------------------------------------------- model

/** A vector for each token of the vocabulary and for each position of the context. */
export interface EmbeddingParams {
  /** `[vocabulary, width]` */
  readonly tokens: tf.Tensor
  /** `[context, width]` */
  readonly positions: tf.Tensor
}

/** The sum of learned vectors for tokens and positions. */
export const Embedding = {
  // -------------------------------------------------------- constructors

  /** Draws independent normal values of mean 0 and the given deviation. */
  params: (vocabulary: number, context: number, width: number, deviation = 0.02): Params<EmbeddingParams> =>
    Params.struct<EmbeddingParams>({
      tokens: tensor.normal([vocabulary, width], deviation),
      positions: tensor.normal([context, width], deviation),
    }),

  /** Makes the layer from token ids, int32 `[batch, time]`, to `[batch, time, width]`. */
  make: (
    vocabulary: number,
    context: number,
    width: number,
    deviation?: number,
  ): Layer<EmbeddingParams, tf.Tensor, tf.Tensor> =>
    fromTfjs(Embedding.params(vocabulary, context, width, deviation), Embedding.apply),

  // --------------------------------------------------------- combinators

  /**
   * Computes tokens[id] + positions[place]. Refuses an id outside the vocabulary, except on webgpu, where ids cannot be
   * read synchronously. Throws `ShapeMismatch` unless the ids are int32 `[batch, time]`.
   */
  apply: ({ tokens, positions }: EmbeddingParams, ids: tf.Tensor): tf.Tensor => {
    checkTables({ layer: "Embedding", inputs: { tokens, positions, ids } })
    const [, time = 1] = ids.shape
    const [context = 1, width = 1] = positions.shape
    if (time > context)
      throw new ShapeMismatch(
        `${time} tokens do not fit a context of ${context}. Shorten the input, or use a longer context.`,
      )
    return tf.gather(tokens, ids).add(positions.slice([0, 0], [time, width]))
  },
}

const checkTables = (call: Inputs<"tokens" | "positions" | "ids">): void => {
  const [tokens, ids] = [float(call, "tokens"), given(call, "ids")]
  fitting(call, "positions", [given(call, "positions").shape[0] ?? 1, widthOf(tokens)], "tokens")
  const [batch = 1, time = 1] = ids.shape
  if (tokens.shape.length !== 2)
    throw new ShapeMismatch(`${call.layer}: tokens is ${show(tokens)}. Give it as float32 [vocabulary, width].`)
  fitting(call, "ids", [batch, time], "tokens", "int32")
}
