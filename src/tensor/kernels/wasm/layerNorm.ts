/** Layer normalization in lanes. The gradient recomputes the moments. */
import { layerNorm, layerNormGrad } from "../spec/layerNorm.ts"
import { compile } from "./assembler/Routine.ts"
import { onHeap } from "./Heap.ts"
import { rowsOf } from "../spec/Outcome.ts"
import { columnSums, moments } from "./rows.ts"

export const bijouLayerNorm = onHeap(layerNorm, (heap, { x, gain, bias }) => {
  const out = heap.output(x.shape, "float32")
  const [rows, width] = rowsOf(x.shape)
  for (const input of [x, gain, bias]) heap.touch(input)
  const { place } = heap
  normalize(heap.backend, { rows, width, x: place(x), gain: place(gain), bias: place(bias), out: place(out) })
  return [out] as const
})

const normalize = compile({
  integers: ["rows", "width", "x", "gain", "bias", "out"],
  numbers: [],
  body: (code, { rows, width, gain, bias, ...first }) => {
    const { add, advance, along, counter, i32, mul, repeat, sub } = code
    const [x, out] = [counter(first.x), counter(first.out)]
    const stride = i32.mul(width, 4)
    repeat(rows, () => {
      const { mean, scale } = moments(code, x, width)
      along(width, (part) => {
        const normal = mul(sub(part.load(x), mean), scale)
        part.store(out, add(mul(normal, part.load(gain)), part.load(bias)))
      })
      advance(x, stride)
      advance(out, stride)
    })
  },
})

export const bijouLayerNormGrad = onHeap(layerNormGrad, (heap, { x, gain, dy }) => {
  if (x === undefined) throw new TypeError("The gradient of LayerNorm on wasm requires x.")
  const [rows, width] = rowsOf(x.shape)
  const dx = heap.output(x.shape, "float32")
  // The sums over rows share one buffer, so that they are contiguous.
  return heap.scratch(4 * width, (sums) => {
    const [dgain, dbias] = [heap.output([width], "float32"), heap.output([width], "float32")]
    for (const input of [x, gain, dy]) heap.touch(input)
    const { place } = heap
    const places = { x: place(x), gain: place(gain), dy: place(dy), dx: place(dx) }
    pull(heap.backend, { rows, width, ...places, total: sums, chunk: sums + 8 * width })
    heap.view(dgain).set(heap.numbers(sums, width))
    heap.view(dbias).set(heap.numbers(sums + 4 * width, width))
    return [dx, dgain, dbias]
  })
})

const pull = compile({
  integers: ["rows", "width", "x", "gain", "dy", "dx", "total", "chunk"],
  numbers: [],
  body: (code, { rows, width, gain, total, chunk, ...first }) => {
    const { add, advance, along, convert, counter, div, i32, mul, sub, sum } = code
    const [x, dy, dx] = [counter(first.x), counter(first.dy), counter(first.dx)]
    const stride = i32.mul(width, 4)
    const [dgain, dbias] = [chunk, i32.add(chunk, stride)]
    columnSums(code, { rows, count: i32.mul(width, 2), chunk, total }, () => {
      const { mean, scale } = moments(code, x, width)
      const size = convert(width)
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
