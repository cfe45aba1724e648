/** Code that the forward and the backward routine of attention share. */
import type { tf } from "../../tf.ts"
import type { AttentionAttributes } from "../spec/attention.ts"
import type { Code, V128, I32 } from "./assembler/Code.ts"
import { power } from "./normal.ts"
import { product, transpose, type Matrix } from "./product.ts"
import { compile } from "./assembler/Routine.ts"
import type { Heap } from "./Heap.ts"

// ---------------------------------------------------------------- model

/** The sizes that both routines take. `causal` is 1 if a token sees only itself and earlier tokens, and 0 otherwise. */
export const SIZES = ["batch", "time", "heads", "size", "causal"] as const

type Sizes = Readonly<Record<(typeof SIZES)[number], I32>>

/** Which tokens are visible: all of them, or those that a mask marks as `seen`. */
export type Tokens = "all" | "seen"

/** The address of the mask of a sample, int32 `[time]` with 0 for padding; null if all tokens are visible. */
interface Masked {
  readonly mask: I32 | null
}

// --------------------------------------------------------- constructors

/** Returns the sizes of concatenated queries, keys and values, `[batch, time, 3 heads size]`. */
export const sizesOf = (shape: readonly number[], { heads, causal }: AttentionAttributes) => {
  const [batch = 1, time = 1, triple = 3] = shape
  return { batch, time, heads, size: triple / 3 / heads, causal: Number(causal) }
}

/**
 * Allocates memory for one transposed head with zeros after its rows, and for `squares` matrices of weights, whose rows
 * are padded to a multiple of four.
 */
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

/** Returns the number of elements in a row of weights: `time`, rounded up to a multiple of four. */
export const lineOf = (time: number): number => 4 * Math.ceil(time / 4)

/** Returns the factor of the scores. */
export const scaleOf = ({ size }: { readonly size: number }): number => 1 / Math.sqrt(size)

/** Returns which tokens are visible with this mask. */
export const tokensOf = (seen: tf.TensorInfo | undefined): Tokens => (seen === undefined ? "all" : "seen")

/** Makes a value for each kind of tokens. */
export const forEachTokens = <X>(make: (tokens: Tokens) => X): Readonly<Record<Tokens, X>> => ({
  all: make("all"),
  seen: make("seen"),
})

/** Returns the address of the mask of all samples, int32 [batch, time], or 0 if there is none. */
export const maskPlace = (heap: Heap, mask: tf.TensorInfo | undefined): number => {
  if (mask === undefined) return 0
  heap.touch(mask)
  return heap.place(mask)
}

// ----------------------------------------------------------- combinators

/** Returns the mask of sample b in a routine. */
export const maskRow = ({ i32 }: Code, tokens: Tokens, mask: I32, b: I32, time: I32): I32 | null =>
  tokens === "all" ? null : i32.add(mask, i32.mul(i32.mul(b, time), 4))

/** Derives the sizes of a routine: strides in bytes, and the ranges of visible tokens. */
export const geometry = ({ i32, least }: Code, { time, heads, size, causal }: Sizes) => {
  const pad = i32.mul(i32.div_s(i32.add(time, 3), 4), 4)
  const width = i32.mul(i32.mul(heads, size), 4)
  const everything = i32.mul(i32.sub(i32.const(1), causal), time)
  const nothing = i32.const(0)
  /** Returns how many tokens are visible to the last of `count` tokens that start at `first`. */
  const seen = (first: I32, count: number): I32 => least(time, i32.add(i32.add(first, count), everything))
  return {
    width,
    triple: i32.mul(width, 3),
    line: i32.mul(pad, 4),
    seen,
    /** The scores of queries against all keys that they see, plus a few zeros. */
    scores: (first: I32, count: number) => ({
      columns: least(pad, i32.mul(i32.div_s(i32.add(seen(first, count), 3), 4), 4)),
      skipped: nothing,
      terms: size,
    }),
    /** A mean over the tokens that queries see. */
    means: (first: I32, count: number) => ({ columns: size, skipped: nothing, terms: seen(first, count) }),
    /** A sum over the queries that see keys. */
    readers: (first: I32) => {
      const skipped = i32.mul(causal, first)
      return { columns: size, skipped, terms: i32.sub(time, skipped) }
    },
  }
}

export type Geometry = ReturnType<typeof geometry>

/**
 * Computes softmax(scale q k^T) of one head into `weights`, with zeros after the visible tokens up to a multiple of
 * four. `turned` is scratch memory for k^T.
 */
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

/**
 * The score of padding. It is below any other score, so a query that sees only padding attends to all of it uniformly.
 */
const HIDDEN = -1e30

/**
 * Computes softmax(scale row) in place over the first `count` elements of a row. It writes zeros after them up to
 * `columns`, and for padding if other tokens are visible.
 */
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

/** Sets all bits of the lanes where the mask is 0. */
const padding = ({ i32x4 }: Code, mask: V128): V128 => i32x4.eq(mask, i32x4.const([0, 0, 0, 0]))

/**
 * Computes dS = P (dP - sum of P dP over a row) scale over the first `columns` elements, in place of dP. The sum is
 * over the first `count` elements. The score of padding is a constant, so its dS is 0.
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

/**
 * Computes the softmax of the scores of all heads of one sample, `[heads, time, line]`, in place, with zeros where a
 * query does not see a token. `mask` is that of the sample.
 */
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

/** Computes the gradient of `shareAll`, given its result, in place of the cotangents. */
export const pullShareAll = { all: pulling("all"), seen: pulling("seen") } as const
