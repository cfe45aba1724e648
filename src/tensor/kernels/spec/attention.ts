/**
 * Attention over concatenated queries, keys and values, and its gradient (Vaswani et al. 2017).
 *
 * For every sample and head, with P = softmax(q k^T / sqrt(size)) over the tokens that a query may attend to,
 *
 *     value = P v
 *     dv = P^T dy,   dP = dy v^T,   dS = P (dP - sum of P dP over a row) / sqrt(size),   dq = dS k,   dk = dS^T q
 *
 * A query that may attend only to padding attends to all of it uniformly.
 */
import { ShapeMismatch } from "../../../core/errors/ShapeMismatch.ts"
import { tf } from "../../tf.ts"
import { fitting, float, show, widthOf, type Inputs as Checked } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { fresh, isStock } from "./Outcome.ts"

// ---------------------------------------------------------------- model

export interface AttentionAttributes {
  readonly heads: number
  /** Whether a token attends only to itself and earlier tokens. */
  readonly causal: boolean
}

/**
 * The inputs. `qkv` is `[batch, time, 3 heads size]`. `seen` is int32 `[batch, time]`, 0 for padding; without it no
 * token is padding.
 */
interface Inputs {
  readonly qkv: One
  readonly seen?: One
}

/**
 * The inputs of the gradient. `dy` is `[batch, time, heads size]`. The forward pass is given as `qkv`, or as the `q`,
 * `k`, `v` (`[batch, heads, time, size]`) and `weights` (`[batch, heads, time, time]`) that the kernel returned.
 */
interface GradientInputs {
  readonly qkv?: One
  readonly q?: One
  readonly k?: One
  readonly v?: One
  readonly weights?: One
  readonly seen?: One
  readonly dy: One
}

// ------------------------------------------------------------ instances

/** Computes the value, `[batch, time, heads size]`, and also q, k, v and P where they make the gradient cheaper. */
export const attention: Kernel<
  Inputs,
  AttentionAttributes,
  readonly [value: One, q?: One, k?: One, v?: One, weights?: One]
> = {
  name: "BijouAttention",
  layer: "Attention",
  check: (call) => {
    const [batch, , time] = attended(call, float(call, "qkv"), "qkv", 3, call.attributes.heads)
    masked(call, "qkv", batch, time)
  },
  outcome: ({ qkv }, { heads }, target) => {
    const [batch = 1, time = 1, triple = 3] = qkv.shape
    const shape = [batch, time, triple / 3]
    const operations = work(shape, 2)
    if (!isStock(target)) return { outputs: [fresh(shape)], operations }
    const each = fresh([batch, heads, time, triple / 3 / heads])
    return { outputs: [fresh(shape), each, each, each, fresh([batch, heads, time, time])], operations }
  },
  composed: ({ qkv, seen }, attributes) => {
    const { v, weights } = attend(qkv, seen, attributes)
    const [batch = 1, time = 1, triple = 3] = qkv.shape
    return [
      tf
        .matMul(weights, v)
        .transpose([0, 2, 1, 3])
        .reshape([batch, time, triple / 3]),
    ]
  },
}

/** Computes the gradient with respect to qkv. */
export const attentionGrad: Kernel<GradientInputs, AttentionAttributes, One> = {
  name: "BijouAttentionGrad",
  layer: "The gradient of Attention",
  check: (call) => {
    const dy = float(call, "dy")
    const [batch, heads, time, size] = attended(call, dy, "dy", 1, call.attributes.heads)
    if (call.inputs.weights === undefined) fitting(call, "qkv", [batch, time, 3 * widthOf(dy)], "dy")
    else {
      for (const name of ["q", "k", "v"] as const) fitting(call, name, [batch, heads, time, size], "dy")
      fitting(call, "weights", [batch, heads, time, time], "dy")
    }
    masked(call, "dy", batch, time)
  },
  outcome: ({ dy }, _attributes, target) => {
    const [batch = 1, time = 1, width = 1] = dy.shape
    return { outputs: fresh([batch, time, 3 * width]), operations: work(dy.shape, isStock(target) ? 4 : 6) }
  },
  composed: ({ seen, dy, ...forward }, attributes) =>
    tf.tidy(() => {
      const { q, k, v, weights } = forwardOf(forward, seen, attributes)
      const [batch = 1, heads = 1, time = 1, size = 1] = q.shape
      const d = dy.reshape([batch, time, heads, size]).transpose([0, 2, 1, 3])
      const toWeights = tf.matMul(d, v, false, true)
      const average = tf.sum(tf.mul(weights, toWeights), -1, true)
      const toScores = tf.mul(weights, tf.sub(toWeights, average)).mul(1 / Math.sqrt(size))
      // The scores of padding are constants, so they have no gradient.
      const slopes = seen === undefined ? toScores : tf.where(isSeen(seen), toScores, 0)
      const parts = [tf.matMul(slopes, k), tf.matMul(slopes, q, true), tf.matMul(weights, d, true)]
      return tf
        .stack(parts)
        .transpose([1, 3, 0, 2, 4])
        .reshape([batch, time, 3 * heads * size])
    }),
}

/** Returns batch, heads, time and size of a tensor whose last axis holds `widths` times all heads. */
const attended = <N extends string>(
  { layer }: Checked<N>,
  x: tf.TensorInfo,
  name: N,
  widths: 1 | 3,
  heads: number,
): readonly [batch: number, heads: number, time: number, size: number] => {
  const [batch = 1, time = 1, width = 1] = x.shape
  const size = width / widths / heads
  if (x.shape.length === 3 && Number.isInteger(size) && heads >= 1) return [batch, heads, time, size]
  throw new ShapeMismatch(
    `${layer}: ${name} is ${show(x)}, which is not [batch, time, ${widths === 3 ? "3 " : ""}width] for ${heads} heads. Use a width that is a multiple of ${widths * heads}.`,
  )
}

const masked = <N extends string>(call: Checked<N | "seen">, beside: N, batch: number, time: number): void => {
  if (call.inputs.seen !== undefined) fitting(call, "seen", [batch, time], beside, "int32")
}

/** Returns the operations of some matmuls of all heads on activations of this shape. */
const work = ([batch = 1, time = 1, width = 1]: readonly number[], products: number): number =>
  products * 2 * batch * time * time * width

interface Attended {
  readonly q: tf.Tensor
  readonly k: tf.Tensor
  readonly v: tf.Tensor
  readonly weights: tf.Tensor
}

const attend = (qkv: tf.Tensor, seen: tf.Tensor | undefined, { heads, causal }: AttentionAttributes): Attended => {
  const [batch = 1, time = 1, triple = 3] = qkv.shape
  const size = triple / 3 / heads
  const split = qkv.reshape([batch, time, 3, heads, size]).transpose([2, 0, 3, 1, 4])
  const [q, k, v] = tf.unstack(split) as [tf.Tensor, tf.Tensor, tf.Tensor] // each is [batch, heads, time, size]
  const scores = tf.matMul(q, k, false, true).mul(1 / Math.sqrt(size))
  // Padding gets half the penalty of later tokens, so a query that sees only padding still does not attend to later
  // tokens.
  const within = seen === undefined ? scores : tf.where(isSeen(seen), scores, -5e8)
  return { q, k, v, weights: tf.softmax(causal ? within.add(future(time)) : within) }
}

const forwardOf = (
  forward: { readonly qkv?: tf.Tensor } & { readonly [K in keyof Attended]?: tf.Tensor },
  seen: tf.Tensor | undefined,
  attributes: AttentionAttributes,
): Attended => {
  const { qkv, q, k, v, weights } = forward
  if (q !== undefined && k !== undefined && v !== undefined && weights !== undefined) return { q, k, v, weights }
  if (qkv === undefined) throw new TypeError("The gradient of Attention requires qkv, or q, k, v and weights.")
  return attend(qkv, seen, attributes)
}

/** Returns `seen` as bool `[batch, 1, 1, time]`. */
const isSeen = (seen: tf.Tensor): tf.Tensor => {
  const [batch = 1, time = 1] = seen.shape
  return seen.reshape([batch, 1, 1, time]).toBool()
}

/** Returns 0 where a token may attend and -1e9 for later tokens: `[time, time]`. */
const future = (time: number): tf.Tensor => {
  const mask = new Float32Array(time * time)
  for (let i = 0; i < time; i++) mask.fill(-1e9, i * time + i + 1, (i + 1) * time)
  return tf.tensor2d(mask, [time, time])
}
