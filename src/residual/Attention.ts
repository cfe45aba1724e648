/**
 * Multi-head self-attention: softmax(Q K^T / sqrt(d)) V for each head. Vaswani et al. 2017.
 */
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/ops/fromTfjs.ts"
import { check, dispatch, isImplemented, type Save } from "../tensor/kernels/dispatch.ts"
import { attention, attentionGrad, type AttentionAttributes } from "../tensor/kernels/spec/attention.ts"
import { tf } from "../tensor/tf.ts"
import { Linear, type LinearParams } from "./Linear.ts"

// ---------------------------------------------------------------- model

/** The matrices of multi-head attention. */
export interface AttentionParams {
  /** width to 3 width: queries, keys and values */
  readonly qkv: LinearParams
  /** width to width */
  readonly out: LinearParams
}

/** `causal`: a token attends to itself and the tokens before it; `full`: to all tokens. */
export type Reach = "causal" | "full"

/**
 * Multi-head self-attention on `[batch, time, width]`: softmax(Q K^T / sqrt(d)) V for each head. Vaswani et al. 2017.
 */
export const Attention = {
  // -------------------------------------------------------- constructors

  /** `outDeviation` is the deviation of the output projection, which GPT-2 scales with depth. */
  params: (width: number, outDeviation?: number): Params<AttentionParams> =>
    Params.struct<AttentionParams>({
      qkv: Linear.params(width, 3 * width),
      out: Linear.params(width, width, outDeviation),
    }),

  /** Makes the layer on `[batch, time, width]`. Throws `RangeError` if the heads do not divide the width. */
  make: (width: number, heads: number, reach: Reach): Layer<AttentionParams, tf.Tensor, tf.Tensor> => {
    checkHeads(width, heads)
    return fromTfjs(Attention.params(width), (params, x: tf.Tensor) => Attention.apply(params, x, heads, reach))
  },

  /**
   * Makes the layer on `[seen, x]`: x is `[batch, time, width]`, and `seen`, int32 `[batch, time]`, is 1 for tokens and
   * 0 for padding, which is masked. A token that could attend only to padding attends to all of it equally. Throws
   * `RangeError` if the heads do not divide the width.
   */
  masked: (
    width: number,
    heads: number,
    reach: Reach,
  ): Layer<AttentionParams, readonly [seen: tf.Tensor, x: tf.Tensor], tf.Tensor> => {
    checkHeads(width, heads)
    return fromTfjs(Attention.params(width), ({ qkv, out }, [seen, x]: readonly [tf.Tensor, tf.Tensor]) =>
      Linear.apply(out, Attention.mixSeen(Linear.apply(qkv, x), seen, heads, reach)),
    )
  },

  // --------------------------------------------------------- combinators

  /** Computes the attention of x, `[batch, time, width]`, in the same shape. The heads must divide the width. */
  apply: ({ qkv, out }: AttentionParams, x: tf.Tensor, heads: number, reach: Reach): tf.Tensor =>
    Linear.apply(out, Attention.mix(Linear.apply(qkv, x), heads, reach)),

  /** Mixes values by attention, from `[batch, time, 3 width]` (queries, keys, values) to `[batch, time, width]`. */
  mix: (qkv: tf.Tensor, heads: number, reach: Reach): tf.Tensor => mixed(qkv, null, heads, reach),

  /** `mix` over the tokens that are `seen`, int32 `[batch, time]`, 0 for padding. */
  mixSeen: (qkv: tf.Tensor, seen: tf.Tensor, heads: number, reach: Reach): tf.Tensor => mixed(qkv, seen, heads, reach),
}

const mixed = (qkv: tf.Tensor, seen: tf.Tensor | null, heads: number, reach: Reach): tf.Tensor => {
  const attributes = { heads, causal: reach === "causal" }
  const mask = seen === null ? {} : { seen }
  const inputs = { qkv, ...mask }
  check(attention, inputs, attributes)
  return isImplemented(attention, attributes) ? fused(attributes, mask)(qkv) : attention.composed(inputs, attributes)[0]
}

/**
 * Computes all heads in one kernel and the gradient in another, which computes the weights again. The tape saves qkv,
 * and the mask if there is one; the mask has no gradient. If the first kernel returns queries, keys, values and
 * weights, the tape saves them instead of qkv.
 */
const fused = (attributes: AttentionAttributes, mask: { readonly seen?: tf.Tensor }) =>
  tf.customGrad((...args) => {
    const [qkv, save] = args as unknown as readonly [tf.Tensor, Save] // as tfjs passes them
    const [value, ...given] = dispatch(attention, { qkv, ...mask }, attributes)
    const kept = given.filter((x) => x !== undefined)
    const masks = mask.seen === undefined ? [] : [mask.seen]
    save([...(kept.length > 0 ? kept : [qkv]), ...masks])
    tf.dispose(kept)
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const tensors = saved.slice(0, saved.length - masks.length)
        const [q, k, v, weights] = tensors as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor] // as they were kept
        const forward = tensors.length === 1 ? { qkv: q } : { q, k, v, weights }
        const seen = saved[tensors.length]
        return dispatch(attentionGrad, { ...forward, ...(seen === undefined ? {} : { seen }), dy }, attributes)
      },
    }
  })

/** Throws for a width that the heads do not divide. */
export const checkHeads = (width: number, heads: number): void => {
  if (!Number.isInteger(width / heads) || heads < 1)
    throw new RangeError(
      `${heads} heads do not divide a width of ${width}. Use a width that is a multiple of the heads.`,
    )
}
