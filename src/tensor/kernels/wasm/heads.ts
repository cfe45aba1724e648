/** What the forward and the backward routine of attention share. */
import type { tf } from "../../tf.ts"
import type { AttentionAttributes } from "../spec/attention.ts"
import type { Code, V128, I32 } from "./assembler/Code.ts"
import { power } from "./normal.ts"
import { product, transpose, type Matrix } from "./product.ts"
import { compile } from "./assembler/Routine.ts"
import type { Heap } from "./Heap.ts"

// ---------------------------------------------------------------- model

/** Counts that both routines are given; `causal` is 1 where a token sees only itself and those before it, else 0. */
export const SIZES = ["batch", "time", "heads", "size", "causal"] as const

type Sizes = Readonly<Record<(typeof SIZES)[number], I32>>

/** Which tokens may be looked at: all, or those that a mask says are `seen`. */
export type Tokens = "all" | "seen"

/** Where the mask of a sample starts, int32 `[time]` with 0 for padding; null where all tokens may be looked at. */
interface Masked {
  readonly mask: I32 | null
}

// --------------------------------------------------------- constructors

/** The sizes of queries, keys and values side by side, `[batch, time, 3 heads size]`. */
export const sizesOf = (shape: readonly number[], { heads, causal }: AttentionAttributes) => {
  const [batch = 1, time = 1, triple = 3] = shape
  return { batch, time, heads, size: triple / 3 / heads, causal: Number(causal) }
}

/** Memory for one transposed head, zeros behind its rows, and for `squares` matrices of weights; rows are as long as the next multiple of four. */
export const withScratch = <A>(
  heap: Heap,
  { time, size }: { readonly time: number; readonly size: number },
  squares: number,
  body: (scratch: number) => A,
): A => {
  const line = lineOf(time)
  return heap.scratch((size + squares * time) * line, (place) => {
    heap.numbers(place, size * line).fill(0)
    return body(place)
  })
}

/** The elements of a row of weights, the next multiple of four. */
export const lineOf = (time: number): number => 4 * Math.ceil(time / 4)

/** What scores are multiplied by. */
export const scaleOf = ({ size }: { readonly size: number }): number => 1 / Math.sqrt(size)

/** Which tokens may be looked at, by the mask of a call. */
export const tokensOf = (seen: tf.TensorInfo | undefined): Tokens => (seen === undefined ? "all" : "seen")

/** Something for each kind of tokens. */
export const forEachTokens = <X>(make: (tokens: Tokens) => X): Readonly<Record<Tokens, X>> => ({
  all: make("all"),
  seen: make("seen"),
})

/** Where the mask of all samples, int32 [batch, time], starts, and 0 where there is none. */
export const maskPlace = (heap: Heap, mask: tf.TensorInfo | undefined): number => {
  if (mask === undefined) return 0
  heap.touch(mask)
  return heap.place(mask)
}

// ----------------------------------------------------------- combinators

/** The mask of sample b in a routine. */
export const maskRow = ({ i32 }: Code, tokens: Tokens, mask: I32, b: I32, time: I32): I32 | null =>
  tokens === "all" ? null : i32.add(mask, i32.mul(i32.mul(b, time), 4))

/** What a routine knows of its sizes: strides in bytes, and which tokens meet. */
export const geometry = ({ i32, least }: Code, { time, heads, size, causal }: Sizes) => {
  const pad = i32.mul(i32.div_s(i32.add(time, 3), 4), 4)
  const width = i32.mul(i32.mul(heads, size), 4)
  const everything = i32.mul(i32.sub(i32.const(1), causal), time)
  const nothing = i32.const(0)
  /** How many tokens the last of `count` tokens from `first` on sees. */
  const seen = (first: I32, count: number): I32 => least(time, i32.add(i32.add(first, count), everything))
  return {
    width,
    triple: i32.mul(width, 3),
    line: i32.mul(pad, 4),
    seen,
    /** Scores of queries against all keys that they see, a few zeros more. */
    scores: (first: I32, count: number) => ({
      columns: least(pad, i32.mul(i32.div_s(i32.add(seen(first, count), 3), 4), 4)),
      skipped: nothing,
      terms: size,
    }),
    /** A mean over what queries see. */
    means: (first: I32, count: number) => ({ columns: size, skipped: nothing, terms: seen(first, count) }),
    /** A sum over the queries that see keys. */
    readers: (first: I32) => {
      const skipped = i32.mul(causal, first)
      return { columns: size, skipped, terms: i32.sub(time, skipped) }
    },
  }
}

export type Geometry = ReturnType<typeof geometry>

/** softmax(scale q k^T) of one head into `weights`, with zeros behind what a query sees up to a multiple of four; `turned` holds k^T meanwhile. */
export const attend = (
  code: Code,
  { time, size }: Sizes,
  { line, scores, seen }: Geometry,
  {
    q,
    k,
    turned,
    weights,
    scale,
    mask,
  }: Readonly<Record<"q" | "k" | "turned" | "weights", Matrix>> & { readonly scale: V128 } & Masked,
): void => {
  const { advance, counter, repeat } = code
  transpose(code, { x: k, out: turned, rows: time, columns: size })
  product(code, { left: q, transposed: false, right: turned, out: weights, rows: time, span: scores })
  const row = counter(weights.place)
  repeat(time, (i) => {
    share(code, { row, count: seen(i, 1), columns: scores(i, 1).columns, scale, mask })
    advance(row, line)
  })
}

/** What stands for the score of padding: below any other, so that who sees padding alone looks at all of it alike. */
const HIDDEN = -1e30

/** softmax(scale row) over the first `count` elements of a row, in place, with zeros behind them up to `columns`, and for padding beside what is seen. */
const share = (
  code: Code,
  {
    row,
    count,
    columns,
    scale,
    mask,
  }: Readonly<Record<"row" | "count" | "columns", I32>> & { readonly scale: V128 } & Masked,
): void => {
  const { add, along, and, andnot, constant, div, greatest, gt, i32, mul, sub, sum } = code
  if (mask !== null)
    along(count, (part) => {
      const unseen = padding(code, part.load(mask))
      part.store(row, add(andnot(part.load(row), unseen), and(constant(HIDDEN), unseen)))
    })
  const most = greatest(count, (part) => part.load(row))
  const alone = mask === null ? null : gt(constant(HIDDEN / 2), most)
  const steepness = mul(scale, constant(Math.LOG2E))
  const total = sum(count, (part) => {
    const given = power(code, mul(sub(part.load(row), most), steepness))
    const e = mask === null || alone === null ? given : andnot(given, andnot(padding(code, part.load(mask)), alone))
    part.store(row, e)
    return e
  })
  const one = div(constant(1), total)
  along(count, (part) => part.store(row, mul(part.load(row), one)))
  const rest = i32.add(row, i32.mul(count, 4))
  along(i32.sub(columns, count), (part) => part.store(rest, constant(0)))
}

/** All bits of a lane where the mask is 0, else none. */
const padding = ({ i32x4 }: Code, mask: V128): V128 => i32x4.eq(mask, i32x4.const([0, 0, 0, 0]))

/**
 * dS = P (dP - sum of P dP over a row) scale over the first `columns` elements, in place of dP; the sum is over `count` of them. Padding has a
 * score that is no one's, so its dS is 0.
 */
export const pullShare = (
  code: Code,
  {
    row,
    change,
    count,
    columns,
    scale,
    mask,
  }: Readonly<Record<"row" | "change" | "count" | "columns", I32>> & { readonly scale: V128 } & Masked,
): void => {
  const { along, andnot, mul, sub, sum } = code
  const mean = sum(count, (part) => mul(part.load(row), part.load(change)))
  along(columns, (part) => part.store(change, mul(mul(part.load(row), sub(part.load(change), mean)), scale)))
  if (mask !== null)
    along(count, (part) => part.store(change, andnot(part.load(change), padding(code, part.load(mask)))))
}

const sharing = (tokens: Tokens) =>
  compile({
    integers: [...SIZES, "weights", "mask"],
    numbers: ["scale"],
    body: (code, { weights, mask, ...sizes }, { scale }) => {
      const { advance, counter, repeat } = code
      const { line, seen } = geometry(code, sizes)
      const row = counter(weights)
      repeat(sizes.heads, () =>
        repeat(sizes.time, (i) => {
          share(code, {
            ...{ row, count: seen(i, 1), columns: sizes.time, scale },
            mask: tokens === "all" ? null : mask,
          })
          advance(row, line)
        }),
      )
    },
  })

/** softmax of the scores of all heads of one sample, `[heads, time, line]`, in place, with zeros where a query does not see; `mask` is that of the sample. */
export const shareAll = { all: sharing("all"), seen: sharing("seen") } as const

const pulling = (tokens: Tokens) =>
  compile({
    integers: [...SIZES, "weights", "changes", "mask"],
    numbers: ["scale"],
    body: (code, { weights, changes, mask, ...sizes }, { scale }) => {
      const { advance, counter, repeat } = code
      const { line, seen } = geometry(code, sizes)
      const [row, change] = [counter(weights), counter(changes)]
      repeat(sizes.heads, () =>
        repeat(sizes.time, (i) => {
          pullShare(code, {
            ...{ row, change, count: seen(i, 1), columns: sizes.time, scale },
            mask: tokens === "all" ? null : mask,
          })
          advance(row, line)
          advance(change, line)
        }),
      )
    },
  })

/** The gradient of `shareAll`, given its result; in place of the cotangents. */
export const pullShareAll = { all: pulling("all"), seen: pulling("seen") } as const
