/**
 * Attention and its gradient, to all tokens or to those that are `seen`.
 *
 * The stock operations also return queries, keys, values and weights, and take them in place of `qkv`, because saving
 * them is cheaper than recomputing them.
 */
import { attention, attentionGrad, type AttentionAttributes } from "../spec/attention.ts"
import { float } from "./float.ts"
import {
  attribute,
  onTensorflow,
  type Attributes,
  type Handle,
  type Operations,
  type TensorflowKernel,
} from "./operations.ts"

// ------------------------------------------------------------ instances

export const attentionKernels: readonly TensorflowKernel[] = [
  onTensorflow(attention, {
    library: ({ giveAll, has, inputs, run }, attributes) =>
      giveAll([
        has("seen")
          ? run("BijouMaskedAttention", inputs("qkv", "seen"), reach(attributes))
          : run("BijouAttention", inputs("qkv"), reach(attributes)),
      ]),
    stock: (operations, attributes) => {
      const { giveAll, input } = operations
      const { matMul, reshape, transpose } = float(operations)
      const qkv = input("qkv")
      const [q, k, v, weights] = attend(operations, qkv, attributes)
      const merged = transpose(matMul(weights, v), [0, 2, 1, 3])
      const value = reshape(merged, [...qkv.shape.slice(0, 2), (qkv.shape[2] ?? 3) / 3])
      return giveAll([value, q, k, v, weights])
    },
  }),
  onTensorflow(attentionGrad, {
    library: ({ give, has, inputs, run }, attributes) =>
      give(
        has("seen")
          ? run("BijouMaskedAttentionGrad", inputs("qkv", "seen", "dy"), reach(attributes))
          : run("BijouAttentionGrad", inputs("qkv", "dy"), reach(attributes)),
      ),
    // The scale is applied to dy, which is smaller than the scores.
    stock: (operations) => {
      const { give, hold, input, inputs, letGo } = operations
      const { matMul, mul, number, pack, reshape, sub, sum, transpose } = float(operations)
      const [q, k, v, weights] = inputs("q", "k", "v", "weights")
      const [batch = 1, heads = 1, time = 1, size = 1] = q.shape
      const d = hold(transpose(reshape(input("dy"), [batch, time, heads, size]), [0, 2, 1, 3]))
      const dv = matMul(weights, d, true)
      const toWeights = hold(matMul(mul(letGo(d), number(scaleOf(q))), v, false, true))
      const average = sum(mul(weights, toWeights), [-1], true)
      // The scores of padding are constants, so they have no gradient.
      const toScores = hold(hiding(operations, mul(weights, sub(letGo(toWeights), average)), 0))
      const parts = pack([matMul(toScores, k), matMul(letGo(toScores), q, true), dv])
      return give(reshape(transpose(parts, [1, 3, 0, 2, 4]), [batch, time, 3 * heads * size]))
    },
  }),
]

/** Returns the attributes of the library's operations. */
const reach = ({ heads, causal }: AttentionAttributes): Attributes => [
  attribute.whole("heads", heads),
  attribute.flag("causal", causal),
]

/**
 * Returns queries, keys and values as `[batch, heads, time, size]`, and the weights of all heads, `[batch, heads, time,
 * time]`. All of them are held.
 */
const attend = (
  operations: Operations<"seen">,
  qkv: Handle,
  { heads, causal }: AttentionAttributes,
): readonly [q: Handle, k: Handle, v: Handle, weights: Handle] => {
  const { hold } = operations
  const { add, matMul, mul, number, reshape, softmax, transpose, unpack } = float(operations)
  const [batch = 1, time = 1, triple = 3] = qkv.shape
  const split = transpose(reshape(qkv, [batch, time, 3, heads, triple / 3 / heads]), [2, 0, 3, 1, 4])
  const [q, k, v] = unpack(split, 3)
  for (const handle of [q, k, v]) hold(handle)
  // Padding gets half the penalty of later tokens, so a query that sees only padding still does not attend to later
  // tokens.
  const scores = hiding(operations, matMul(mul(q, number(scaleOf(q))), k, false, true), -5e8)
  const weights = softmax(causal ? add(scores, future(operations, time)) : scores)
  return [q, k, v, hold(weights)]
}

/** Replaces the scores of padding, `[batch, heads, time, time]`, by a number, if there is a mask. */
const hiding = (operations: Operations<"seen">, scores: Handle, hidden: number): Handle => {
  const { constant, has, input, number, run } = operations
  if (!has("seen")) return scores
  const [batch = 1, , time = 1] = scores.shape
  const isSeen = run("NotEqual", [input("seen"), constant([0], [])])
  const over = float(operations).reshape(isSeen, [batch, 1, 1, time])
  return run("SelectV2", [over, scores, number(hidden)])
}

/** Returns 1 / sqrt(size). */
const scaleOf = ({ shape }: Handle): number => 1 / Math.sqrt(shape[3] ?? 1)

/** Returns 0 where a token may attend and -1e9 for later tokens: `[time, time]`. */
const future = (operations: Operations, time: number): Handle => {
  const { constant, number, run } = operations
  const all = run("Fill", [constant([time, time]), number(1e9)])
  const before = run("MatrixBandPart", [all, constant([-1], []), constant([0], [])])
  return float(operations).sub(before, number(1e9))
}
