/** Small matrix products and transposes inside a routine, over rows that need not be neighbors. */
import type { Code, Lanes, Whole } from "./assembler/Code.ts"
import { turnFour } from "./turnFour.ts"

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

interface Strip {
  readonly height: number
  /** Where the rows of the left side start; or, where it is transposed, where the first term of all of them stands, side by side. */
  readonly lefts: readonly Whole[]
  /** From a term to the next in a transposed left side. */
  readonly along: Whole | null
  readonly right: Matrix
  readonly out: Matrix
  readonly columns: Whole
  readonly terms: Whole
  /** What a sum starts from; `old` is what stands in `out`. */
  readonly first: (old: () => Lanes) => Lanes
}

// --------------------------------------------------------- constructors

/** out = left right, or out = left^T right, strip by strip. */
export const product = (code: Code, { left, transposed, right, out, rows, span }: Product): void => {
  const { blocks, plus, times } = code
  blocks(rows, [4, 1], (i, height) => {
    const { columns, skipped, terms } = span(i, height)
    const lefts = Array.from({ length: transposed ? 1 : height }, (_, r) =>
      transposed
        ? plus(plus(left.place, times(i, 4)), times(skipped, left.row))
        : plus(plus(left.place, times(plus(i, r), left.row)), times(skipped, 4)),
    )
    strip(code, {
      height,
      lefts,
      along: transposed ? left.row : null,
      right: { place: plus(right.place, times(skipped, right.row)), row: right.row },
      out: { place: plus(out.place, times(i, out.row)), row: out.row },
      columns,
      terms,
      first: () => code.constant(0),
    })
  })
}

/**
 * `height` rows of a product. The terms of every element are added in their order, so an element has the same bits whatever tile it is computed
 * in. Tiles are eight columns wide: with four rows eight sums, which leave registers for two vectors of the right side.
 */
export const strip = (code: Code, { height, lefts, along, right, out, columns, terms, first }: Strip): void => {
  const { add, advance, assign, blocks, counter, load, mul, plus, splat, store, storeOne, times, variable } = code
  blocks(columns, [8, 4, 1], (j, width) => {
    const across = times(j, 4)
    const offsets = Array.from({ length: Math.ceil(width / 4) }, (_, v) => 16 * v)
    const loaded = width === 1 ? splat : load
    const to = counter(plus(out.place, across))
    const sums = Array.from({ length: height }, () => {
      const row = offsets.map((offset) => variable(first(() => loaded(to, offset))))
      advance(to, out.row)
      return row
    })
    const a = lefts.map(counter)
    const b = counter(plus(right.place, across))
    blocks(terms, [4, 1], (_, depth) => {
      for (let d = 0; d < depth; d++) {
        const rights = offsets.map((offset) => loaded(b, offset))
        for (const [r, row] of sums.entries()) {
          const [from, offset] = along === null ? [a[r], 4 * d] : [a[0], 4 * r]
          if (from === undefined) continue
          const factor = splat(from, offset)
          for (const [v, sum] of row.entries()) {
            const y = rights[v]
            if (y !== undefined) assign(sum, add(sum, mul(factor, y)))
          }
        }
        advance(b, right.row)
        if (along !== null) for (const pointer of a) advance(pointer, along)
      }
      if (along === null) for (const pointer of a) advance(pointer, 4 * depth)
    })
    const target = counter(plus(out.place, across))
    for (const row of sums) {
      for (const [v, sum] of row.entries()) (width === 1 ? storeOne : store)(target, sum, 16 * v)
      advance(target, out.row)
    }
  })
}

/** out = x^T for x of `rows` rows and `columns` columns. */
export const transpose = (
  code: Code,
  {
    x,
    out,
    rows,
    columns,
  }: { readonly x: Matrix; readonly out: Matrix; readonly rows: Whole; readonly columns: Whole },
): void => {
  const { blocks, load, plus, splat, store, storeOne, times } = code
  blocks(rows, [4, 1], (i, height) =>
    blocks(columns, [4, 1], (j, width) => {
      const from = Array.from({ length: height }, (_, r) => plus(plus(x.place, times(plus(i, r), x.row)), times(j, 4)))
      const to = Array.from({ length: width }, (_, c) => plus(plus(out.place, times(plus(j, c), out.row)), times(i, 4)))
      const [a, b, c, d] = from
      if (width === 4 && a !== undefined && b !== undefined && c !== undefined && d !== undefined) {
        const turned = turnFour(code, [load(a), load(b), load(c), load(d)])
        for (const [r, place] of to.entries()) {
          const lanes = turned[r]
          if (lanes !== undefined) store(place, lanes)
        }
      } else
        for (const [r, place] of from.entries())
          for (const [s, target] of to.entries()) storeOne(target, splat(place, 4 * s), 4 * r)
    }),
  )
}
