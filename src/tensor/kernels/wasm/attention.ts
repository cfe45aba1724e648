/** Attention forwards, to all tokens or to those that are seen. */
import type { tf } from "../../tf.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { sgemmFor } from "./sgemm.ts"
import {
  attend,
  geometry,
  maskOf,
  maskPlace,
  maskRow,
  scaleOf,
  sizesOf,
  SIZES,
  withScratch,
  type Tokens,
} from "./heads.ts"
import { mixByProducts } from "./attentionByProducts.ts"
import { product } from "./product.ts"
import { compile, onHeap } from "./assembler/Routine.ts"

export const mixing = (kernelName: string, tokens: Tokens): readonly tf.KernelConfig[] => {
  const mix = compile({
    wholes: [...SIZES, "qkv", "out", "scratch", "mask"],
    numbers: ["scale"],
    body: (code, { qkv, out, scratch, mask, ...sizes }, { scale }) => {
      const { batch, time, heads, size } = sizes
      const { plus, repeat, times } = code
      const shape = geometry(code, sizes)
      const { line, means, triple, width } = shape
      const turned = { place: scratch, row: line }
      const weights = { place: plus(scratch, times(size, line)), row: line }
      repeat(batch, (b) => {
        const seen = maskRow(code, tokens, mask, b, time)
        repeat(heads, (h) => {
          const across = times(times(h, size), 4)
          const q = { place: plus(plus(qkv, times(times(b, time), triple)), across), row: triple }
          const k = { ...q, place: plus(q.place, width) }
          const v = { ...q, place: plus(k.place, width) }
          attend(code, sizes, shape, { q, k, turned, weights, scale, mask: seen })
          const mixed = { place: plus(plus(out, times(times(b, time), width)), across), row: width }
          product(code, { left: weights, transposed: false, right: v, out: mixed, rows: time, span: means })
        })
      })
    },
  })
  return onHeap(kernelName, (heap, inputs, attrs) => {
    const qkv = inputOf(inputs, "qkv")
    const mask = maskOf(inputs, tokens)
    const sizes = sizesOf(qkv.shape, attrs)
    const out = heap.output([sizes.batch, sizes.time, sizes.heads * sizes.size], "float32")
    const sgemm = sgemmFor(sizes.time, sizes.size, sizes.time)
    if (sgemm !== null) return mixByProducts(heap, sgemm, sizes, { qkv, out, mask })
    return withScratch(heap, sizes, 1, (scratch) => {
      heap.touch(qkv)
      const masks = maskPlace(heap, mask)
      const places = { qkv: heap.place(qkv), out: heap.place(out), scratch, mask: masks }
      mix(heap.backend, { ...sizes, ...places, scale: scaleOf(sizes) })
      return out
    })
  })
}
