/** Small matmuls and transposes inside a routine, over rows that need not be contiguous. */
import type { Code, V128, I32 } from "./assembler/Code.ts"
import { turnFour } from "./turnFour.ts"

// ---------------------------------------------------------------- model

/** A float32 matrix: its address and the distance between its rows in bytes. */
export interface Matrix {
  readonly place: I32
  readonly row: I32
}

/** The matmul out = left right, or out = left^T right. `span` returns the part of it that a few rows of `out` need. */
interface Product {
  readonly left: Matrix
  readonly transposed: boolean
  readonly right: Matrix
  readonly out: Matrix
  readonly rows: I32
  /** For `size` rows that start at `first`: the columns to compute, and the terms to skip and to add. */
  readonly span: (first: I32, size: number) => { readonly columns: I32; readonly skipped: I32; readonly terms: I32 }
}

interface Strip {
  readonly height: number
  /**
   * The addresses of the rows of the left operand. If it is transposed, this is the address of the first terms of all
   * rows, which are contiguous.
   */
  readonly lefts: readonly I32[]
  /** The distance between terms in a transposed left operand. */
  readonly along: I32 | null
  readonly right: Matrix
  readonly out: Matrix
  readonly columns: I32
  readonly terms: I32
  /** Returns the initial value of a sum; `old` returns the value in `out`. */
  readonly first: (old: () => V128) => V128
}

// --------------------------------------------------------- constructors

/** Computes out = left right, or out = left^T right, strip by strip. */
export const product = (code: Code, { left, transposed, right, out, rows, span }: Product): void => {
  const { blocks, i32 } = code
  blocks(rows, [4, 1], (i, height) => {
    const { columns, skipped, terms } = span(i, height)
    const lefts = Array.from({ length: transposed ? 1 : height }, (_, r) =>
      transposed
        ? i32.add(i32.add(left.place, i32.mul(i, 4)), i32.mul(skipped, left.row))
        : i32.add(i32.add(left.place, i32.mul(i32.add(i, r), left.row)), i32.mul(skipped, 4)),
    )
    strip(code, {
      height,
      lefts,
      along: transposed ? left.row : null,
      right: { place: i32.add(right.place, i32.mul(skipped, right.row)), row: right.row },
      out: { place: i32.add(out.place, i32.mul(i, out.row)), row: out.row },
      columns,
      terms,
      first: () => code.constant(0),
    })
  })
}

/**
 * Computes `height` rows of a matmul. The terms of each element are added in order, so an element has the same bits in
 * any tile. Tiles are eight columns wide: four rows need eight sums, which leaves registers for two vectors of the
 * right operand.
 */
export const strip = (code: Code, { height, lefts, along, right, out, columns, terms, first }: Strip): void => {
  const { add, advance, assign, blocks, counter, i32, load, mul, splat, store, storeOne, variable } = code
  blocks(columns, [8, 4, 1], (j, width) => {
    const across = i32.mul(j, 4)
    const offsets = Array.from({ length: Math.ceil(width / 4) }, (_, v) => 16 * v)
    const loaded = width === 1 ? splat : load
    const to = counter(i32.add(out.place, across))
    const sums = Array.from({ length: height }, () => {
      const row = offsets.map((offset) => variable(first(() => loaded(to, offset))))
      advance(to, out.row)
      return row
    })
    const a = lefts.map(counter)
    const b = counter(i32.add(right.place, across))
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
    const target = counter(i32.add(out.place, across))
    for (const row of sums) {
      for (const [v, sum] of row.entries()) (width === 1 ? storeOne : store)(target, sum, 16 * v)
      advance(target, out.row)
    }
  })
}

/** Computes out = x^T for x with `rows` rows and `columns` columns. */
export const transpose = (
  code: Code,
  { x, out, rows, columns }: { readonly x: Matrix; readonly out: Matrix; readonly rows: I32; readonly columns: I32 },
): void => {
  const { blocks, i32, load, splat, store, storeOne } = code
  blocks(rows, [4, 1], (i, height) =>
    blocks(columns, [4, 1], (j, width) => {
      const from = Array.from({ length: height }, (_, r) =>
        i32.add(i32.add(x.place, i32.mul(i32.add(i, r), x.row)), i32.mul(j, 4)),
      )
      const to = Array.from({ length: width }, (_, c) =>
        i32.add(i32.add(out.place, i32.mul(i32.add(j, c), out.row)), i32.mul(i, 4)),
      )
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
