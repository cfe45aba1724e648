/**
 * `BijouLayerNormGrad`: the gradients of `BijouLayerNorm`. With y the normalized row, r = 1 / sqrt(variance + 1e-5) and g = dy gain,
 *
 *     dx = r (g - mean(g) - y mean(g y)),   dgain = sum of dy y over rows,   dbias = sum of dy over rows
 *
 * Inputs `x` and `dy` (float32 [..., width]), `gain` (float32 [width]). Outputs dx, dgain, dbias.
 */
import { inputOf } from "../cpu/fromTyped.ts"
import { compile, onHeap, rowsOf } from "./assembler/Routine.ts"
import { columnSums, moments } from "./rows.ts"

export const bijouLayerNormGrad = onHeap("BijouLayerNormGrad", (heap, inputs) => {
  const [x, gain, dy] = [inputOf(inputs, "x"), inputOf(inputs, "gain"), inputOf(inputs, "dy")]
  const [rows, width] = rowsOf(x.shape)
  const dx = heap.output(x.shape, "float32")
  // One buffer, so that the sums over rows are one run of numbers.
  return heap.scratch(4 * width, (sums) => {
    const [dgain, dbias] = [heap.output([width], "float32"), heap.output([width], "float32")]
    for (const input of [x, gain, dy]) heap.touch(input)
    const { place } = heap
    const places = { x: place(x), gain: place(gain), dy: place(dy), dx: place(dx) }
    differentiate(heap.backend, { rows, width, ...places, total: sums, chunk: sums + 8 * width })
    heap.view(dgain).set(heap.numbers(sums, width))
    heap.view(dbias).set(heap.numbers(sums + 4 * width, width))
    return [dx, dgain, dbias]
  })
})

const differentiate = compile({
  wholes: ["rows", "width", "x", "gain", "dy", "dx", "total", "chunk"],
  numbers: [],
  body: (code, { rows, width, gain, total, chunk, ...first }) => {
    const { add, advance, along, counter, div, fromWhole, mul, plus, sub, sum, times } = code
    const [x, dy, dx] = [counter(first.x), counter(first.dy), counter(first.dx)]
    const stride = times(width, 4)
    const [dgain, dbias] = [chunk, plus(chunk, stride)]
    columnSums(code, { rows, count: times(width, 2), chunk, total }, () => {
      const { mean, scale } = moments(code, x, width)
      const size = fromWhole(width)
      const average = div(
        sum(width, (part) => mul(part.load(dy), part.load(gain))),
        size,
      )
      const slope = div(
        sum(width, (part) => mul(mul(part.load(dy), part.load(gain)), mul(sub(part.load(x), mean), scale))),
        size,
      )
      along(width, (part) => {
        const [d, y] = [part.load(dy), mul(sub(part.load(x), mean), scale)]
        part.store(dx, mul(scale, sub(sub(mul(d, part.load(gain)), average), mul(y, slope))))
        part.store(dgain, add(part.load(dgain), mul(d, y)))
        part.store(dbias, add(part.load(dbias), d))
      })
      for (const pointer of [x, dy, dx]) advance(pointer, stride)
    })
  },
})
