/**
 * A filter that slides over padded images, so that no tap is outside them. Each output is a sum over all taps, held in
 * registers. Four columns are computed at a time and share the loaded weights.
 */
import type { Code, V128, I32 } from "../assembler/Code.ts"
import { compile, type Call } from "../assembler/Routine.ts"

// ---------------------------------------------------------------- model

/**
 * The parameters. Steps are in bytes; `fromTap` and `fromTapRow` lead from a tap to the next one in its row and to the
 * next row, and `weight` leads from the weights of a tap to those of the next.
 */
export const WINDOW = [
  ...(["images", "rows", "columns", "floats", "tapRows", "taps"] as const),
  ...(["from", "fromImage", "fromRow", "fromColumn", "fromTapRow", "fromTap"] as const),
  ...(["to", "toImage", "toRow", "toColumn", "weights", "weight"] as const),
] as const

/** A routine over padded images that applies a filter for each output. */
export type Sliding = Call<(typeof WINDOW)[number]>

type Given = Readonly<Record<(typeof WINDOW)[number], I32>>

/** Returns the sums of `count` columns with `size` floats each. */
type Sum = (code: Code, given: Given & { readonly at: I32 }, count: number, size: number) => V128[][]

// --------------------------------------------------------- constructors

/** Computes y = sum of x * weights over the taps, for `floats` floats per column. */
const sliding = (sumOf: Sum) =>
  compile({
    integers: WINDOW,
    numbers: [],
    body: (code, given) => {
      const { advance, blocks, counter, i32, repeat } = code
      const [fromImage, toImage] = [counter(given.from), counter(given.to)]
      repeat(given.images, () => {
        const [fromRow, toRow] = [counter(fromImage), counter(toImage)]
        repeat(given.rows, () => {
          blocks(given.columns, [4, 1], (column, count) => {
            const [from, to] = [
              i32.add(fromRow, i32.mul(column, given.fromColumn)),
              i32.add(toRow, i32.mul(column, given.toColumn)),
            ]
            blocks(given.floats, [8, 4, 1], (first, size) => {
              const at = i32.mul(first, 4)
              const sums = sumOf(
                code,
                { ...given, at: i32.add(from, at), weights: i32.add(given.weights, at) },
                count,
                size,
              )
              const target = counter(i32.add(to, at))
              for (const row of sums) {
                for (const [v, sum] of row.entries()) (size === 1 ? code.storeOne : code.store)(target, sum, 16 * v)
                advance(target, given.toColumn)
              }
            })
          })
          advance(fromRow, given.fromRow)
          advance(toRow, given.toRow)
        })
        advance(fromImage, given.fromImage)
        advance(toImage, given.toImage)
      })
    },
  })

const sumAny: Sum = (
  { add, advance, assign, constant, counter, load, mul, repeat, splat, variable },
  given,
  count,
  size,
) => {
  const read = size === 1 ? splat : load
  const offsets = Array.from({ length: Math.max(1, size / 4) }, (_, v) => 16 * v)
  const zero = constant(0)
  const sums = Array.from({ length: count }, () => offsets.map(() => variable(zero)))
  const [rowStart, weights] = [counter(given.at), counter(given.weights)]
  repeat(given.tapRows, () => {
    const tap = counter(rowStart)
    repeat(given.taps, () => {
      const factors = offsets.map((offset) => read(weights, offset))
      const place = counter(tap)
      for (const [i, row] of sums.entries()) {
        for (const [v, sum] of row.entries()) {
          const factor = factors[v]
          if (factor !== undefined) assign(sum, add(sum, mul(read(place, 16 * v), factor)))
        }
        if (i + 1 < count) advance(place, given.fromColumn)
      }
      advance(tap, given.fromTap)
      advance(weights, given.weight)
    })
    advance(rowStart, given.fromTapRow)
  })
  return sums
}

/**
 * Computes the same sums in the same order if columns are as far apart as taps, reading each position of a row once for
 * all columns.
 */
const sumDense =
  (taps: number): Sum =>
  ({ add, advance, assign, constant, counter, load, mul, repeat, splat, variable }, given, count, size) => {
    const read = size === 1 ? splat : load
    const offsets = Array.from({ length: Math.max(1, size / 4) }, (_, v) => 16 * v)
    const zero = constant(0)
    const sums = Array.from({ length: count }, () => offsets.map(() => variable(zero)))
    const [rowStart, weights] = [counter(given.at), counter(given.weights)]
    repeat(given.tapRows, () => {
      const factors = Array.from({ length: taps }, () => {
        const row = offsets.map((offset) => read(weights, offset))
        advance(weights, given.weight)
        return row
      })
      const place = counter(rowStart)
      for (let j = 0; j < count + taps - 1; j++) {
        const values = offsets.map((offset) => read(place, offset))
        for (const [i, row] of sums.entries())
          for (const [v, sum] of row.entries()) {
            const [factor, value] = [factors[j - i]?.[v], values[v]]
            if (factor !== undefined && value !== undefined) assign(sum, add(sum, mul(value, factor)))
          }
        advance(place, given.fromTap)
      }
      advance(rowStart, given.fromTapRow)
    })
    return sums
  }

// ------------------------------------------------------------ instances

/** Slides filters of any width, stride and dilation. */
export const slideByAny = sliding(sumAny)

const dense = [3, 5].map((taps) => [taps, sliding(sumDense(taps))] as const)

/**
 * Returns the routine for filters of this width over adjacent columns, which has the same bits, or null if there is
 * none.
 */
export const slideBy = (taps: number): Sliding | null => dense.find(([width]) => width === taps)?.[1] ?? null
