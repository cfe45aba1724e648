/** What the forward and the backward routine of attention share. */
import type { Code, Lanes, Whole } from "./Code.ts"
import { exponential } from "./normal.ts"
import { product, transpose, type Matrix } from "./product.ts"
import type { Heap } from "./Routine.ts"

// ---------------------------------------------------------------- model

/** Counts that both routines are given; `causal` is 1 where a token sees only itself and those before it, else 0. */
export const SIZES = ["batch", "time", "heads", "size", "causal"] as const

type Sizes = Readonly<Record<(typeof SIZES)[number], Whole>>

// --------------------------------------------------------- constructors

/** The sizes of queries, keys and values side by side, `[batch, time, 3 heads size]`. */
export const sizesOf = (shape: readonly number[], attrs: Readonly<Record<string, unknown>>) => {
  const [batch = 1, time = 1, triple = 3] = shape
  const heads = Number(attrs["heads"])
  return { batch, time, heads, size: triple / 3 / heads, causal: Number(attrs["causal"]) }
}

/** Memory for one transposed head, zeros behind its rows, and for `squares` matrices of weights; rows are as long as the next multiple of four. */
export const withScratch = <A>(
  heap: Heap,
  { time, size }: { readonly time: number; readonly size: number },
  squares: number,
  body: (scratch: number) => A,
): A => {
  const line = 4 * Math.ceil(time / 4)
  return heap.scratch((size + squares * time) * line, (place) => {
    heap.numbers(place, size * line).fill(0)
    return body(place)
  })
}

// ----------------------------------------------------------- combinators

/** What a routine knows of its sizes: strides in bytes, and which tokens meet. */
export const geometry = (
  { least, minus, plus, quotient, times, whole }: Code,
  { time, heads, size, causal }: Sizes,
) => {
  const pad = times(quotient(plus(time, 3), 4), 4)
  const width = times(times(heads, size), 4)
  const everything = times(minus(whole(1), causal), time)
  const nothing = whole(0)
  /** How many tokens the last of `count` tokens from `first` on sees. */
  const seen = (first: Whole, count: number): Whole => least(time, plus(plus(first, count), everything))
  return {
    width,
    triple: times(width, 3),
    line: times(pad, 4),
    seen,
    /** Scores of queries against all keys that they see, a few zeros more. */
    scores: (first: Whole, count: number) => ({
      columns: least(pad, times(quotient(plus(seen(first, count), 3), 4), 4)),
      skipped: nothing,
      terms: size,
    }),
    /** A mean over what queries see. */
    means: (first: Whole, count: number) => ({ columns: size, skipped: nothing, terms: seen(first, count) }),
    /** A sum over the queries that see keys. */
    readers: (first: Whole) => {
      const skipped = times(causal, first)
      return { columns: size, skipped, terms: minus(time, skipped) }
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
  }: Readonly<Record<"q" | "k" | "turned" | "weights", Matrix>> & { readonly scale: Lanes },
): void => {
  const { along, constant, counter, advance, div, greatest, minus, mul, plus, repeat, sub, sum, times } = code
  transpose(code, { x: k, out: turned, rows: time, columns: size })
  product(code, { left: q, transposed: false, right: turned, out: weights, rows: time, span: scores })
  const row = counter(weights.place)
  repeat(time, (i) => {
    const count = seen(i, 1)
    const most = greatest(count, (part) => part.load(row))
    const total = sum(count, (part) => {
      const e = exponential(code, mul(sub(part.load(row), most), scale))
      part.store(row, e)
      return e
    })
    const share = div(constant(1), total)
    along(count, (part) => part.store(row, mul(part.load(row), share)))
    const rest = plus(row, times(count, 4))
    along(minus(scores(i, 1).columns, count), (part) => part.store(rest, constant(0)))
    advance(row, line)
  })
}
