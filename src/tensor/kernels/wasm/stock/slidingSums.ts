/**
 * The gradient of a sliding filter: the sums of x * dy at each tap. One pass computes a row of taps, so that dy is read
 * once for all of them. The sums of a row of outputs are held in registers and then added to those of earlier rows.
 */
import { compile } from "../assembler/Routine.ts"
import { WINDOW, type Sliding } from "./slide.ts"

/** Computes weights += sum of x * dy over all outputs, with dy at `to`. */
const summing = (taps: number): Sliding =>
  compile({
    integers: WINDOW,
    numbers: [],
    body: (code, given) => {
      const { add, advance, assign, blocks, constant, counter, i32, mul, repeat, variable } = code
      const [fromImage, toImage] = [counter(given.from), counter(given.to)]
      const zero = constant(0)
      const tapRow = i32.mul(given.weight, taps)
      repeat(given.images, () => {
        const [fromRow, toRow] = [counter(fromImage), counter(toImage)]
        repeat(given.rows, () => {
          const [fromTapRow, weights] = [counter(fromRow), counter(given.weights)]
          repeat(given.tapRows, () => {
            blocks(given.floats, [8, 4, 1], (first, size) => {
              const [load, store] = size === 1 ? [code.splat, code.storeOne] : [code.load, code.store]
              const offsets = Array.from({ length: Math.max(1, size / 4) }, (_, v) => 16 * v)
              const at = i32.mul(first, 4)
              const sums = Array.from({ length: taps }, () =>
                offsets.map((offset) => ({ offset, sum: variable(zero) })),
              )
              const [from, to] = [counter(i32.add(fromTapRow, at)), counter(i32.add(toRow, at))]
              repeat(given.columns, () => {
                const values = offsets.map((offset) => load(to, offset))
                const place = counter(from)
                for (const tap of sums) {
                  for (const [v, { offset, sum }] of tap.entries()) {
                    const value = values[v]
                    if (value !== undefined) assign(sum, add(sum, mul(load(place, offset), value)))
                  }
                  advance(place, given.fromTap)
                }
                advance(from, given.fromColumn)
                advance(to, given.toColumn)
              })
              const total = counter(i32.add(weights, at))
              for (const tap of sums) {
                for (const { offset, sum } of tap) store(total, add(load(total, offset), sum), offset)
                advance(total, given.weight)
              }
            })
            advance(fromTapRow, given.fromTapRow)
            advance(weights, tapRow)
          })
          advance(fromRow, given.fromRow)
          advance(toRow, given.toRow)
        })
        advance(fromImage, given.fromImage)
        advance(toImage, given.toImage)
      })
    },
  })

const routines = [3, 5].map((taps) => [taps, summing(taps)] as const)

/** Returns the routine for filters of this width, or null if there is none. */
export const sumsBy = (taps: number): Sliding | null => routines.find(([width]) => width === taps)?.[1] ?? null
