/** What the kernels of attention are told, and what they compose of stock operations. */
import type { Tokens } from "../wasm/heads.ts"
import { float } from "./float.ts"
import { attribute, type Attributes, type Handle, type Operations } from "./operations.ts"

// ---------------------------------------------------------------- model

/** The attributes of attention in the library. */
export const reach = (attrs: Readonly<Record<string, unknown>>): Attributes => [
  attribute.whole("heads", Number(attrs["heads"])),
  attribute.flag("causal", attrs["causal"] === 1),
]

/** The name of the input that tells padding, where not all tokens are seen. */
export const maskOf = (tokens: Tokens): ReadonlyArray<string> => (tokens === "all" ? [] : ["seen"])

// ----------------------------------------------------------- combinators

/** Queries, keys and values as `[batch, heads, time, size]`, and the weights of all heads, `[batch, heads, time, time]`; all are held. */
export const attend = (
  operations: Operations,
  qkv: Handle,
  tokens: Tokens,
  attrs: Readonly<Record<string, unknown>>,
): readonly [q: Handle, k: Handle, v: Handle, weights: Handle] => {
  const { add, matMul, mul, number, reshape, softmax, transpose, unpack } = float(operations)
  const [batch = 1, time = 1, triple = 3] = qkv.shape
  const heads = Number(attrs["heads"])
  const size = triple / 3 / heads
  const split = transpose(reshape(qkv, [batch, time, 3, heads, size]), [2, 0, 3, 1, 4])
  const [q, k, v] = unpack(split, 3).map(operations.hold) as [Handle, Handle, Handle] // three of them
  // Half as far down as the tokens to come: who may look at none looks at no later one.
  const scores = hiding(operations, tokens)(matMul(mul(q, number(scaleOf(q))), k, false, true), -5e8)
  const weights = softmax(attrs["causal"] === 1 ? add(scores, future(operations, time)) : scores)
  return [q, k, v, operations.hold(weights)]
}

/** Puts a number in place of the scores of padding, `[batch, heads, time, time]`. */
export const hiding =
  (operations: Operations, tokens: Tokens) =>
  (scores: Handle, hidden: number): Handle => {
    if (tokens === "all") return scores
    const { constant, input, number, run } = operations
    const [batch = 1, , time = 1] = scores.shape
    const isSeen = run("NotEqual", [input("seen"), constant([0], [])])
    const over = float(operations).reshape(isSeen, [batch, 1, 1, time])
    return run("SelectV2", [over, scores, number(hidden)])
  }

/** 1 / sqrt(size). */
export const scaleOf = ({ shape }: Handle): number => 1 / Math.sqrt(shape[3] ?? 1)

/** 0 where a token may look, -1e9 for the tokens after it: `[time, time]`. */
const future = (operations: Operations, time: number): Handle => {
  const { constant, number, run } = operations
  const all = run("Fill", [constant([time, time]), number(1e9)])
  const before = run("MatrixBandPart", [all, constant([-1], []), constant([0], [])])
  return float(operations).sub(before, number(1e9))
}
