/** Dropout in lanes: the numbers are drawn as they are used, and kept nowhere. */
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
        // 23 bits of a word are the number, so it is below the rate where they are below `least`.
        ...{ least: Math.ceil(rate * 2 ** 23), scale: 1 / (1 - rate) },
      })
    }
    return out
  })
})

/** The numbers of four blocks. */
const GROUP = 16

const drop = compile({
  wholes: ["count", "low", "high", "first", "above", "least", "last", "x", "out"],
  numbers: ["scale"],
  body: (code, { count, low, high, first, above, least, last, ...places }, { scale }) => {
    const { aboveWords, addWords, advance, along, assign, both, counter, load, minus, mul, plus, quotient } = code
    const { repeat, spread, store, times, variable, without, words } = code
    const keys = roundKeys(code, low, high)
    const [start, over, bound] = [spread(first), spread(above), spread(least)]
    const block = variable(words([0, 1, 2, 3]))
    const [x, out] = [counter(places.x), counter(places.out)]
    /** What the next numbers are multiplied by. */
    const factors = () => {
      const place = addWords(start, block)
      // The sum is less than a term where it went past 2^32.
      const carried = addWords(over, both(aboveWords(start, place), words([1, 1, 1, 1])))
      const zero = words([0, 0, 0, 0])
      // A lane has the four words of a block, which go behind one another.
      const drawn = turnFour(code, philox(code, keys, [place, carried, zero, zero]))
      assign(block, addWords(block, words([4, 4, 4, 4])))
      const fraction = words([0x7fffff, 0x7fffff, 0x7fffff, 0x7fffff])
      return drawn.map((word) => without(scale, aboveWords(bound, both(word, fraction))))
    }
    const groups = quotient(count, GROUP)
    repeat(groups, () => {
      for (const [i, factor] of factors().entries()) store(out, mul(load(x, 16 * i), factor), 16 * i)
      advance(x, 4 * GROUP)
      advance(out, 4 * GROUP)
    })
    for (const [i, factor] of factors().entries()) store(plus(last, 16 * i), factor)
    along(minus(count, times(groups, GROUP)), (part) => part.store(out, mul(part.load(x), part.load(last))))
  },
})
