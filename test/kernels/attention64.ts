/**
 * Attention in float64, and the padding for its tests.
 */
// oxlint-disable typescript/no-non-null-assertion -- a wrong index makes NaN here, and NaN fails the test
import { Attention } from "bijou/net"
import type { Reach } from "../../src/residual/Attention.ts"
import { tf } from "bijou/tensor"
import { expect } from "vitest"
import { times, turn, type Rows } from "./float64.ts"
import { distance, noise } from "../support/specimens.ts"

// ---------------------------------------------------------------- model

/** The sizes of attention, whether it is causal, and which tokens of a sample are visible. */
export interface Heads {
  readonly batch: number
  readonly time: number
  readonly heads: number
  readonly size: number
  readonly causal: boolean
  readonly sees: (sample: number, token: number) => boolean
}

// --------------------------------------------------------- constructors

/** Some padding. The first token of the first sample is padding, so a causal query there sees nothing. */
const isSeen = (sample: number, token: number): boolean => (7 * token + sample) % 3 !== 0

/** The same as a mask, int32 `[batch, time]`. */
export const mask = (batch: number, time: number): tf.Tensor =>
  tf.tensor2d(
    Array.from({ length: batch * time }, (_, i) => Number(isSeen(Math.floor(i / time), i % time))),
    [batch, time],
    "int32",
  )

/** Attention to all tokens and past some padding: the visible tokens, and the function of qkv. */
export const ways = (reach: Reach) =>
  [
    {
      way: "to all tokens",
      sees: () => true,
      mix: (x: tf.Tensor, heads: number, _?: tf.Tensor) => Attention.mix(x, heads, reach),
    },
    {
      way: "past padding",
      sees: isSeen,
      mix: (x: tf.Tensor, heads: number, seen: tf.Tensor = mask(x.shape[0]!, x.shape[1]!)) =>
        Attention.mixSeen(x, seen, heads, reach),
    },
  ] as const

/**
 * Two heads of three over six tokens of which the first two are padding, so that causal queries there see nothing else.
 */
export const padded = () => ({
  qkv: noise([1, 6, 18], 4, 2),
  seen: tf.tensor2d([0, 0, 1, 1, 0, 1], [1, 6], "int32"),
})

// ----------------------------------------------------------- combinators

/** One head of one sample: value, dq, dk, dv. */
const head = (q: Rows, k: Rows, v: Rows, dy: Rows, causal: boolean, seen: ReadonlyArray<boolean>) => {
  const scale = 1 / Math.sqrt(q[0]!.length)
  const weights = times(q, turn(k)).map((products, i) => {
    // A query without visible keys is not causal either.
    const scores = products.map((x, j) => (causal && j > i ? -Infinity : seen[j]! ? scale * x : -5e8))
    const top = scores.reduce((x, y) => Math.max(x, y))
    const powers = scores.map((s) => Math.exp(s - top))
    const total = powers.reduce((sum, x) => sum + x, 0)
    return powers.map((e) => e / total)
  })
  const toWeights = times(dy, turn(v))
  const toScores = weights.map((p, i) => {
    const average = p.reduce((sum, w, j) => sum + w * toWeights[i]![j]!, 0)
    return p.map((w, j) => (seen[j]! ? w * (toWeights[i]![j]! - average) * scale : 0))
  })
  return [times(weights, v), times(toScores, k), times(turn(toScores), q), times(turn(weights), dy)] as const
}

// ---------------------------------------------------------- destructors

/**
 * Returns how far the value y and the gradient of qkv are from float64 in the worst head, given the rows of all four.
 */
export const distances = (
  { batch, time, heads, size, causal, sees }: Heads,
  { qkv, dy, y, dqkv }: Readonly<Record<"qkv" | "dy" | "y" | "dqkv", Rows>>,
): { readonly value: number; readonly gradient: number } => {
  const found = Array.from({ length: batch * heads }, (_, unit) => {
    const [sample, h] = [Math.floor(unit / heads), unit % heads]
    const part = (rows: Rows, third: number): Rows =>
      rows.slice(sample * time, (sample + 1) * time).map((row) => row.slice((third * heads + h) * size).slice(0, size))
    const seen = Array.from({ length: time }, (_, token) => sees(sample, token))
    const [exact, ...back] = head(part(qkv, 0), part(qkv, 1), part(qkv, 2), part(dy, 0), causal, seen)
    const gradient = [0, 1, 2].flatMap((third) => part(dqkv, third).flat())
    return [distance(part(y, 0).flat(), exact.flat()), distance(gradient, back.flat(2))] as const
  })
  return {
    value: Math.max(...found.map(([value]) => value)),
    gradient: Math.max(...found.map(([, gradient]) => gradient)),
  }
}

/**
 * Checks the gradient of `padded`: padded keys have none, nor do padded values that no query sees, and a query that
 * sees nothing else has none.
 */
export const expectNoGradientOfPadding = (dqkv: Rows, causal: boolean): void => {
  const sizes = dqkv.map((row) => [0, 1, 2].map((part) => Math.max(...row.slice(6 * part, 6 * part + 6).map(Math.abs))))
  const isZero = sizes.map((parts) => parts.map((size) => size === 0))
  const [seen, unseen, alone] = [
    [false, false, false],
    [false, true, true],
    [true, true, false],
  ] // of query, key and value
  const first = causal ? [expect.any(Boolean), false, false] : seen // it sees only itself
  const early = causal ? alone : unseen
  expect(isZero).toEqual([early, early, first, seen, unseen, seen])
}
