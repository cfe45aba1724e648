/** Small matrix products and transposes inside a routine, over rows that need not be neighbors. */
import type { Code, Whole } from "./Code.ts"

// ---------------------------------------------------------------- model

/** A matrix of float32 numbers: where it starts, and the distance of its rows in bytes. */
export interface Matrix {
  readonly place: Whole
  readonly row: Whole
}

/** out = left right, or out = left^T right; `span` tells what of it a few rows of `out` need. */
interface Product {
  readonly left: Matrix
  readonly transposed: boolean
  readonly right: Matrix
  readonly out: Matrix
  readonly rows: Whole
  /** For `size` rows from `first` on: the columns that are computed, and the terms that are added. */
  readonly span: (
    first: Whole,
    size: number,
  ) => { readonly columns: Whole; readonly skipped: Whole; readonly terms: Whole }
}

// --------------------------------------------------------- constructors

/**
 * The terms of every element are added in their order, so an element has the same bits whatever tile it is computed in. Tiles are four rows of
 * eight columns: eight sums, which leave registers for two vectors of the right side.
 */
export const product = (code: Code, { left, transposed, right, out, rows, span }: Product): void => {
  const { add, advance, assign, blocks, constant, counter, load, mul, plus, splat, store, storeOne, times, variable } =
    code
  blocks(rows, [4, 1], (i, height) => {
    const { columns, skipped, terms } = span(i, height)
    const tops = Array.from({ length: transposed ? 1 : height }, (_, r) =>
      transposed
        ? plus(plus(left.place, times(i, 4)), times(skipped, left.row))
        : plus(plus(left.place, times(plus(i, r), left.row)), times(skipped, 4)),
    )
    const start = plus(right.place, times(skipped, right.row))
    const target = plus(out.place, times(i, out.row))
    blocks(columns, [8, 4, 1], (j, width) => {
      const across = times(j, 4)
      const vectors = Array.from({ length: Math.ceil(width / 4) }, (_, v) => 16 * v)
      const sums = Array.from({ length: height }, () => vectors.map(() => variable(constant(0))))
      const a = tops.map(counter)
      const b = counter(plus(start, across))
      blocks(terms, [4, 1], (_, depth) => {
        for (let d = 0; d < depth; d++) {
          const rights = vectors.map((offset) => (width === 1 ? splat(b) : load(b, offset)))
          for (const [r, row] of sums.entries()) {
            const [from, offset] = transposed ? [a[0], 4 * r] : [a[r], 4 * d]
            if (from === undefined) continue
            const factor = splat(from, offset)
            for (const [v, sum] of row.entries()) {
              const y = rights[v]
              if (y !== undefined) assign(sum, add(sum, mul(factor, y)))
            }
          }
          advance(b, right.row)
          if (transposed) for (const pointer of a) advance(pointer, left.row)
        }
        if (!transposed) for (const pointer of a) advance(pointer, 4 * depth)
      })
      const to = counter(plus(target, across))
      for (const row of sums) {
        for (const [v, sum] of row.entries()) (width === 1 ? storeOne : store)(to, sum, 16 * v)
        advance(to, out.row)
      }
    })
  })
}

/** out = x^T for x of `rows` rows and `columns` columns. */
export const transpose = (
  { blocks, load, plus, shuffle, splat, store, storeOne, times }: Code,
  {
    x,
    out,
    rows,
    columns,
  }: { readonly x: Matrix; readonly out: Matrix; readonly rows: Whole; readonly columns: Whole },
): void =>
  blocks(rows, [4, 1], (i, height) =>
    blocks(columns, [4, 1], (j, width) => {
      const from = Array.from({ length: height }, (_, r) => plus(plus(x.place, times(plus(i, r), x.row)), times(j, 4)))
      const to = Array.from({ length: width }, (_, c) => plus(plus(out.place, times(plus(j, c), out.row)), times(i, 4)))
      const [a, b, c, d] = from
      if (width === 4 && a !== undefined && b !== undefined && c !== undefined && d !== undefined) {
        const [ra, rb, rc, rd] = [load(a), load(b), load(c), load(d)]
        const low = [shuffle(ra, rb, [0, 4, 1, 5]), shuffle(rc, rd, [0, 4, 1, 5])] as const
        const high = [shuffle(ra, rb, [2, 6, 3, 7]), shuffle(rc, rd, [2, 6, 3, 7])] as const
        const turned = [low, high].flatMap((pair) => [shuffle(...pair, [0, 1, 4, 5]), shuffle(...pair, [2, 3, 6, 7])])
        for (const [r, place] of to.entries()) {
          const lanes = turned[r]
          if (lanes !== undefined) store(place, lanes)
        }
      } else
        for (const [r, place] of from.entries())
          for (const [s, target] of to.entries()) storeOne(target, splat(place, 4 * s), 4 * r)
    }),
  )
