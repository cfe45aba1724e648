/**
 * The two-layer perceptron of a transformer: W2 gelu(W1 x + b1) + b2.
 */
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/fromTfjs.ts"
import type { tf } from "../tensor/tf.ts"
import { gelu } from "./gelu.ts"
import { Linear, type LinearParams } from "./Linear.ts"

// ---------------------------------------------------------------- model

/** `up` is W1 and b1, width to hidden; `down` is W2 and b2, hidden to width. */
export interface MlpParams {
  readonly up: LinearParams
  readonly down: LinearParams
}

/** The two-layer perceptron of a transformer: W2 gelu(W1 x + b1) + b2 on the last axis. */
export const Mlp = {
  // -------------------------------------------------------- constructors

  /** `downDeviation` scales the weights of the way back to the stream, as GPT-2 does with depth. */
  params: (width: number, hidden: number, downDeviation?: number): Params<MlpParams> =>
    Params.struct<MlpParams>({
      up: Linear.params(width, hidden),
      down: Linear.params(hidden, width, downDeviation),
    }),

  /** The layer on `[..., width]`. */
  make: (width: number, hidden: number): Layer<MlpParams, tf.Tensor, tf.Tensor> =>
    fromTfjs(Mlp.params(width, hidden), Mlp.apply),

  // --------------------------------------------------------- combinators

  /** W2 gelu(W1 x + b1) + b2, from `[..., width]` to the same shape. */
  apply: ({ up, down }: MlpParams, x: tf.Tensor): tf.Tensor => Linear.apply(down, gelu(Linear.apply(up, x))),
}
