/** Dropout in lanes. Random numbers are drawn when they are used and not stored. */
import { firstBlock } from "../../../exact/draws.ts"
import { sizeOf } from "../../../exact/frame.ts"
import { dropout } from "../spec/dropout.ts"
import { philox, roundKeys } from "./philox.ts"
import { compile } from "./assembler/Routine.ts"
import { onHeap } from "./Heap.ts"
import { turnFour } from "./turnFour.ts"

export const bijouDropout = onHeap(dropout, (heap, { x }, { samples, low, high, rate }) => {
  const out = heap.output(x.shape, "float32")
  const count = sizeOf(x.shape) / samples.length
  const blocks = Math.ceil(count / 4)
  return heap.scratch(GROUP, (last) => {
    heap.touch(x)
    const [from, to] = [heap.place(x), heap.place(out)]
    for (const [place, sample] of samples.entries()) {
      const [first, above] = firstBlock(sample, blocks)
      drop(heap.backend, {
        ...{ count, low, high, first, above, last, x: from + 4 * place * count, out: to + 4 * place * count },
        // A uniform number is 23 bits of a word, so it is below the rate if those bits are below `least`.
        ...{ least: Math.ceil(rate * 2 ** 23), scale: 1 / (1 - rate) },
      })
    }
    return out
  })
})

/** The number of random words in four blocks. */
const GROUP = 16

const drop = compile({
  integers: ["count", "low", "high", "first", "above", "least", "last", "x", "out"],
  numbers: ["scale"],
  body: (code, { count, low, high, first, above, least, last, ...places }, { scale }) => {
    const { advance, along, and, assign, counter, i32, i32x4, load, mul } = code
    const { andnot, repeat, store, variable } = code
    const keys = roundKeys(code, low, high)
    const [start, over, bound] = [i32x4.splat(first), i32x4.splat(above), i32x4.splat(least)]
    const block = variable(i32x4.const([0, 1, 2, 3]))
    const [x, out] = [counter(places.x), counter(places.out)]
    /** Returns the factors for the next numbers. */
    const factors = () => {
      const place = i32x4.add(start, block)
      // The sum is smaller than a term if it overflowed 2^32.
      const carried = i32x4.add(over, and(i32x4.gt_u(start, place), i32x4.const([1, 1, 1, 1])))
      const zero = i32x4.const([0, 0, 0, 0])
      // Each lane has the four words of one block in order.
      const drawn = turnFour(code, philox(code, keys, [place, carried, zero, zero]))
      assign(block, i32x4.add(block, i32x4.const([4, 4, 4, 4])))
      const fraction = i32x4.const([0x7fffff, 0x7fffff, 0x7fffff, 0x7fffff])
      return drawn.map((word) => andnot(scale, i32x4.gt_u(bound, and(word, fraction))))
    }
    const groups = i32.div_s(count, GROUP)
    repeat(groups, () => {
      for (const [i, factor] of factors().entries()) store(out, mul(load(x, 16 * i), factor), 16 * i)
      advance(x, 4 * GROUP)
      advance(out, 4 * GROUP)
    })
    for (const [i, factor] of factors().entries()) store(i32.add(last, 16 * i), factor)
    along(i32.sub(count, i32.mul(groups, GROUP)), (part) => part.store(out, mul(part.load(x), part.load(last))))
  },
})
