/**
 * A filter that slides over images with a margin, so that every tap meets something everywhere: each output is a sum over all taps, held in
 * registers. Four columns are computed at a time, which share what is read of the weights.
 */
import type { Code, Whole } from "../assembler/Code.ts"
import { compile } from "../assembler/Routine.ts"

/**
 * y = sum of x * weights over the taps, for as many floats a column as `floats` says. Steps are in bytes; `fromTap` and `fromTapRow` lead from a
 * tap to the next one in its row and to the next row, `weight` from the weights of a tap to those of the next.
 */
export const slide = compile({
  wholes: [
    ...(["images", "rows", "columns", "floats", "tapRows", "taps"] as const),
    ...(["from", "fromImage", "fromRow", "fromColumn", "fromTapRow", "fromTap"] as const),
    ...(["to", "toImage", "toRow", "toColumn", "weights", "weight"] as const),
  ],
  numbers: [],
  body: (code, given) => {
    const { advance, blocks, counter, plus, repeat, times } = code
    const [fromImage, toImage] = [counter(given.from), counter(given.to)]
    repeat(given.images, () => {
      const [fromRow, toRow] = [counter(fromImage), counter(toImage)]
      repeat(given.rows, () => {
        blocks(given.columns, [4, 1], (column, count) => {
          const [from, to] = [
            plus(fromRow, times(column, given.fromColumn)),
            plus(toRow, times(column, given.toColumn)),
          ]
          blocks(given.floats, [8, 4, 1], (first, size) => {
            const at = times(first, 4)
            const sums = sumOf(code, { ...given, at: plus(from, at), weights: plus(given.weights, at) }, count, size)
            const target = counter(plus(to, at))
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

/** The sums of `count` columns, `size` floats each. */
const sumOf = (
  { add, advance, assign, constant, counter, load, mul, repeat, splat, variable }: Code,
  given: Readonly<
    Record<"tapRows" | "taps" | "at" | "fromColumn" | "fromTapRow" | "fromTap" | "weights" | "weight", Whole>
  >,
  count: number,
  size: number,
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
