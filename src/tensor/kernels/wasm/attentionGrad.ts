/** The gradient of attention, to all tokens or to those that are seen. */
import type { tf } from "../../tf.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { sgemmFor } from "./sgemm.ts"
import {
  attend,
  geometry,
  pullShare,
  maskOf,
  maskPlace,
  maskRow,
  scaleOf,
  sizesOf,
  SIZES,
  withScratch,
  type Tokens,
} from "./heads.ts"
import { pullByProducts } from "./attentionByProducts.ts"
import { product, transpose } from "./product.ts"
import { compile, onHeap } from "./assembler/Routine.ts"

export const pullingBack = (kernelName: string, tokens: Tokens): readonly tf.KernelConfig[] => {
  const differentiate = compile({
    wholes: [...SIZES, "qkv", "dy", "out", "scratch", "mask"],
    numbers: ["scale"],
    body: (code, { qkv, dy, out, scratch, mask, ...sizes }, { scale }) => {
      const { batch, time, heads, size } = sizes
      const { advance, counter, plus, repeat, times } = code
      const shape = geometry(code, sizes)
      const { line, means, readers, scores, seen, triple, width } = shape
      const turned = { place: scratch, row: line }
      const weights = { place: plus(scratch, times(size, line)), row: line }
      const changes = { place: plus(weights.place, times(time, line)), row: line }
      repeat(batch, (b) => {
        const masked = maskRow(code, tokens, mask, b, time)
        repeat(heads, (h) => {
          const across = times(times(h, size), 4)
          const inside = plus(times(times(b, time), triple), across)
          const three = (place: typeof qkv) => {
            const q = { place: plus(place, inside), row: triple }
            const k = { place: plus(q.place, width), row: triple }
            return { q, k, v: { place: plus(k.place, width), row: triple } }
          }
          const { q, k, v } = three(qkv)
          const { q: dq, k: dk, v: dv } = three(out)
          const dyHead = { place: plus(plus(dy, times(times(b, time), width)), across), row: width }

          attend(code, sizes, shape, { q, k, turned, weights, scale, mask: masked })
          product(code, { left: weights, transposed: true, right: dyHead, out: dv, rows: time, span: readers })
          transpose(code, { x: v, out: turned, rows: time, columns: size })
          product(code, { left: dyHead, transposed: false, right: turned, out: changes, rows: time, span: scores })
          const [p, d] = [counter(weights.place), counter(changes.place)]
          repeat(time, (i) => {
            // Between what is seen and the next multiple of four P is 0, and so is dS.
            pullShare(code, {
              row: p,
              change: d,
              count: seen(i, 1),
              columns: scores(i, 1).columns,
              scale,
              mask: masked,
            })
            advance(p, line)
            advance(d, line)
          })
          product(code, { left: changes, transposed: false, right: k, out: dq, rows: time, span: means })
          product(code, { left: changes, transposed: true, right: q, out: dk, rows: time, span: readers })
        })
      })
    },
  })
  return onHeap(kernelName, (heap, inputs, attrs) => {
    const [qkv, dy] = [inputOf(inputs, "qkv"), inputOf(inputs, "dy")]
    const mask = maskOf(inputs, tokens)
    const sizes = sizesOf(qkv.shape, attrs)
    const out = heap.output(qkv.shape, "float32")
    const sgemm = sgemmFor(sizes.time, sizes.size, sizes.time)
    if (sgemm !== null) return pullByProducts(heap, sgemm, sizes, { qkv, dy, out, mask })
    return withScratch(heap, sizes, 2, (scratch) => {
      heap.touch(qkv)
      heap.touch(dy)
      const masks = maskPlace(heap, mask)
      const places = { qkv: heap.place(qkv), dy: heap.place(dy), out: heap.place(out), scratch, mask: masks }
      differentiate(heap.backend, { ...sizes, ...places, scale: scaleOf(sizes) })
      return out
    })
  })
}
