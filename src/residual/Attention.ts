/**
 * Multi-head self-attention: softmax(Q K^T / sqrt(d)) V for every head. Vaswani et al. 2017.
 */
import { readonlyArray as RA } from "fp-ts"
import type { Layer } from "../core/Layer.ts"
import { Params } from "../core/Params.ts"
import { fromTfjs } from "../tensor/fromTfjs.ts"
import { hasKernel, runKernel, runKernelForAll, type Save } from "../tensor/kernels/own.ts"
import { checkInputs } from "../tensor/shapes/inputRules.ts"
import { tf } from "../tensor/tf.ts"
import { Linear, type LinearParams } from "./Linear.ts"

// ---------------------------------------------------------------- model

export interface AttentionParams {
  /** width to 3 width: queries, keys and values */
  readonly qkv: LinearParams
  /** width to width */
  readonly out: LinearParams
}

/** `causal`: a token sees itself and those before it; `full`: all tokens. */
export type Reach = "causal" | "full"

/**
 * Multi-head self-attention on `[batch, time, width]`: softmax(Q K^T / sqrt(d)) V for every head. Vaswani et al. 2017.
 */
export const Attention = {
  // -------------------------------------------------------- constructors

  /** `outDeviation` scales the weights of the way back to the stream, as GPT-2 does with depth. */
  params: (width: number, outDeviation?: number): Params<AttentionParams> =>
    Params.struct<AttentionParams>({
      qkv: Linear.params(width, 3 * width),
      out: Linear.params(width, width, outDeviation),
    }),

  /** The layer on `[batch, time, width]`. Throws `RangeError` where the heads do not divide the width. */
  make: (width: number, heads: number, reach: Reach): Layer<AttentionParams, tf.Tensor, tf.Tensor> => {
    checkHeads(width, heads)
    return fromTfjs(Attention.params(width), (params, x: tf.Tensor) => Attention.apply(params, x, heads, reach))
  },

  /**
   * The layer on `[seen, x]`: x is `[batch, time, width]`, and `seen`, int32 `[batch, time]`, is 1 for tokens that may be looked at and 0
   * for padding. A token within whose reach there is only padding looks at all of it alike. Throws `RangeError` where the heads do not divide the width.
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

  /** The attention of x, `[batch, time, width]`, in the same shape; the heads must divide the width. */
  apply: ({ qkv, out }: AttentionParams, x: tf.Tensor, heads: number, reach: Reach): tf.Tensor =>
    Linear.apply(out, Attention.mix(Linear.apply(qkv, x), heads, reach)),

  /** The values mixed by attention: `[batch, time, 3 width]`, queries, keys and values side by side, to `[batch, time, width]`. */
  mix: (qkv: tf.Tensor, heads: number, reach: Reach): tf.Tensor => {
    checkInputs("BijouAttention", { qkv }, { heads })
    return hasKernel("BijouAttention") ? fused(heads, reach, null)(qkv) : composed(qkv, heads, reach)
  },

  /** `mix` to the tokens that are `seen`, int32 `[batch, time]`, 0 for padding. */
  mixSeen: (qkv: tf.Tensor, seen: tf.Tensor, heads: number, reach: Reach): tf.Tensor => {
    checkInputs("BijouMaskedAttention", { qkv, seen }, { heads })
    return hasKernel("BijouMaskedAttention") ? fused(heads, reach, seen)(qkv) : composed(qkv, heads, reach, seen)
  },
}

/** Attention of tfjs's operations, to the tokens that are `seen`, all unless given. */
const composed = (qkv: tf.Tensor, heads: number, reach: Reach, seen?: tf.Tensor): tf.Tensor => {
  const [batch = 1, time = 1, triple = 3] = qkv.shape
  const size = triple / 3 / heads
  const split = qkv.reshape([batch, time, 3, heads, size]).transpose([2, 0, 3, 1, 4])
  const [q, k, v] = tf.unstack(split) as [tf.Tensor, tf.Tensor, tf.Tensor] // [batch, heads, time, size] each
  const scores = tf.matMul(q, k, false, true).mul(1 / Math.sqrt(size))
  // Half as far down as the tokens to come: who may look at none looks at no later one.
  const within = seen === undefined ? scores : tf.where(seen.reshape([batch, 1, 1, time]).toBool(), scores, -5e8)
  const weights = tf.softmax(reach === "causal" ? within.add(future(time)) : within)
  return tf
    .matMul(weights, v)
    .transpose([0, 2, 1, 3])
    .reshape([batch, time, triple / 3])
}

/**
 * All heads in one kernel, and the gradient in another, which computes the weights again: the tape keeps qkv, and the mask if there is one, which
 * has no gradient. Only where the first has given them does it keep queries, keys, values and weights in place of qkv.
 */
const fused = (heads: number, reach: Reach, seen: tf.Tensor | null) => {
  const attributes = attributesOf(heads, reach)
  const kernel = seen === null ? "BijouAttention" : "BijouMaskedAttention"
  const mask = seen === null ? {} : { seen }
  return tf.customGrad((...args) => {
    const [qkv, save] = args as unknown as readonly [tf.Tensor, Save] // as tfjs passes them
    const [value, ...given] = runKernelForAll(kernel, { qkv, ...mask }, attributes) as [tf.Tensor, ...tf.Tensor[]] // its outputs
    const names = [...(given.length > 0 ? ["q", "k", "v", "weights"] : ["qkv"]), ...Object.keys(mask)]
    save([...(given.length > 0 ? given : [qkv]), ...Object.values(mask)])
    tf.dispose(given)
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const inputs = Object.fromEntries(RA.zip(names, saved)) // as they were kept
        return runKernel(`${kernel}Grad`, { ...inputs, dy }, attributes)
      },
    }
  })
}

const attributesOf = (heads: number, reach: Reach) => ({ heads, causal: reach === "causal" ? 1 : 0 })

/** Refuses a width that the heads do not divide. */
export const checkHeads = (width: number, heads: number): void => {
  if (!Number.isInteger(width / heads) || heads < 1)
    throw new RangeError(
      `${heads} heads do not divide a width of ${width}. Use a width that is a multiple of the heads.`,
    )
}

/** 0 where a token may look, -1e9 for the tokens after it: `[time, time]`. */
const future = (time: number): tf.Tensor => {
  const mask = new Float32Array(time * time)
  for (let i = 0; i < time; i++) mask.fill(-1e9, i * time + i + 1, (i + 1) * time)
  return tf.tensor2d(mask, [time, time])
}
