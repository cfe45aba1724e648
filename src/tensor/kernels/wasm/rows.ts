/** Operations on rows that several routines share. */
import { LONG } from "../spec/layerNorm.ts"
import type { Code, V128, I32 } from "./assembler/Code.ts"

/**
 * Computes the mean of a row of x and 1 / sqrt(variance + 1e-5), in all lanes. A float32 sum of more than `LONG`
 * numbers loses digits of a large mean, so in that case the mean of the remainder x - mean is added to the mean, twice.
 */
export const moments = (code: Code, x: I32, width: I32): { readonly mean: V128; readonly scale: V128 } => {
  const { add, assign, constant, convert, div, i32, least, mul, repeat, sqrt, sub, sum, variable } = code
  const { advance, counter } = code
  const size = convert(width)
  const mean = variable(
    div(
      sum(width, (part) => part.load(x)),
      size,
    ),
  )
  repeat(i32.mul(least(i32.const(1), i32.div_s(width, LONG + 1)), 2), () => {
    const rest = sum(width, (part) => sub(part.load(x), mean))
    assign(mean, add(mean, div(rest, size)))
  })
  // The squares are summed in pieces of `LONG`. A row of one piece has a single sum.
  const [squares, place, first] = [variable(constant(0)), counter(x), counter(i32.const(0))]
  repeat(i32.div_s(i32.add(width, LONG - 1), LONG), () => {
    const piece = sum(least(i32.const(LONG), i32.sub(width, first)), (part) => {
      const centred = sub(part.load(place), mean)
      return mul(centred, centred)
    })
    assign(squares, add(squares, piece))
    advance(place, 4 * LONG)
    advance(first, LONG)
  })
  return { mean, scale: div(constant(1), sqrt(add(div(squares, size), constant(1e-5)))) }
}

/** Sets `count` elements to zero. */
export const clear = ({ along, constant }: Code, place: I32, count: I32): void =>
  along(count, (part) => part.store(place, constant(0)))

/** Computes y += x for `count` elements. */
const addTo = ({ add, along }: Code, y: I32, x: I32, count: I32): void =>
  along(count, (part) => part.store(y, add(part.load(y), part.load(x))))

/**
 * Runs over rows in chunks of 64, because float32 sums of thousands of terms lose digits. The chunks do not depend on
 * the source of the rows.
 */
export const inChunks = (
  { advance, counter, i32, least, repeat }: Code,
  rows: I32,
  chunk: (first: I32, count: I32) => void,
): void => {
  const first = counter(i32.const(0))
  repeat(i32.div_s(i32.add(rows, 63), 64), () => {
    chunk(first, least(i32.const(64), i32.sub(rows, first)))
    advance(first, 64)
  })
}

/** Sums columns over rows: `row` adds to `count` sums at `chunk`, which are added to `total` after each chunk. */
export const columnSums = (
  code: Code,
  { rows, count, chunk, total }: Readonly<Record<"rows" | "count" | "chunk" | "total", I32>>,
  row: () => void,
): void => {
  clear(code, total, count)
  inChunks(code, rows, (_, height) => {
    clear(code, chunk, count)
    code.repeat(height, row)
    addTo(code, total, chunk, count)
  })
}
