/**
 * Attention, one sample and head after the other, so that only one matrix of weights is alive. The gradient recomputes
 * the weights. If an sgemm is plugged in, it computes the matmuls (`attentionByProducts.ts`).
 */
import { attention, attentionGrad } from "../spec/attention.ts"
import { compile } from "./assembler/Routine.ts"
import { mixByProducts, pullByProducts } from "./attentionByProducts.ts"
import {
  attend,
  forEachTokens,
  geometry,
  maskPlace,
  maskRow,
  pullShare,
  scaleOf,
  sizesOf,
  SIZES,
  tokensOf,
  withScratch,
} from "./heads.ts"
import { onHeap } from "./Heap.ts"
import { product, transpose } from "./product.ts"
import { sgemmFor } from "./sgemm.ts"

const mix = forEachTokens((tokens) =>
  compile({
    integers: [...SIZES, "qkv", "out", "scratch", "mask"],
    numbers: ["scale"],
    body: (code, { qkv, out, scratch, mask, ...sizes }, { scale }) => {
      const { batch, time, heads, size } = sizes
      const { i32, repeat } = code
      const shape = geometry(code, sizes)
      const { line, means, triple, width } = shape
      const turned = { place: scratch, row: line }
      const weights = { place: i32.add(scratch, i32.mul(size, line)), row: line }
      repeat(batch, (b) => {
        const seen = maskRow(code, tokens, mask, b, time)
        repeat(heads, (h) => {
          const across = i32.mul(i32.mul(h, size), 4)
          const q = { place: i32.add(i32.add(qkv, i32.mul(i32.mul(b, time), triple)), across), row: triple }
          const k = { ...q, place: i32.add(q.place, width) }
          const v = { ...q, place: i32.add(k.place, width) }
          attend(code, sizes, shape, { q, k, turned, weights, scale, mask: seen })
          const mixed = { place: i32.add(i32.add(out, i32.mul(i32.mul(b, time), width)), across), row: width }
          product(code, { left: weights, transposed: false, right: v, out: mixed, rows: time, span: means })
        })
      })
    },
  }),
)

export const bijouAttention = onHeap(attention, (heap, { qkv, seen }, attributes) => {
  const sizes = sizesOf(qkv.shape, attributes)
  const out = heap.output([sizes.batch, sizes.time, sizes.heads * sizes.size], "float32")
  const sgemm = sgemmFor(sizes.time, sizes.size, sizes.time)
  if (sgemm !== null) return [mixByProducts(heap, sgemm, sizes, { qkv, out, mask: seen })] as const
  return withScratch(heap, sizes, 1, (scratch) => {
    heap.touch(qkv)
    const mask = maskPlace(heap, seen)
    const places = { qkv: heap.place(qkv), out: heap.place(out), scratch, mask }
    mix[tokensOf(seen)](heap.backend, { ...sizes, ...places, scale: scaleOf(sizes) })
    return [out] as const
  })
})

const differentiate = forEachTokens((tokens) =>
  compile({
    integers: [...SIZES, "qkv", "dy", "out", "scratch", "mask"],
    numbers: ["scale"],
    body: (code, { qkv, dy, out, scratch, mask, ...sizes }, { scale }) => {
      const { batch, time, heads, size } = sizes
      const { advance, counter, i32, repeat } = code
      const shape = geometry(code, sizes)
      const { line, means, readers, scores, seen, triple, width } = shape
      const turned = { place: scratch, row: line }
      const weights = { place: i32.add(scratch, i32.mul(size, line)), row: line }
      const changes = { place: i32.add(weights.place, i32.mul(time, line)), row: line }
      repeat(batch, (b) => {
        const masked = maskRow(code, tokens, mask, b, time)
        repeat(heads, (h) => {
          const across = i32.mul(i32.mul(h, size), 4)
          const inside = i32.add(i32.mul(i32.mul(b, time), triple), across)
          const three = (place: typeof qkv) => {
            const q = { place: i32.add(place, inside), row: triple }
            const k = { place: i32.add(q.place, width), row: triple }
            return { q, k, v: { place: i32.add(k.place, width), row: triple } }
          }
          const { q, k, v } = three(qkv)
          const { q: dq, k: dk, v: dv } = three(out)
          const dyHead = { place: i32.add(i32.add(dy, i32.mul(i32.mul(b, time), width)), across), row: width }

          attend(code, sizes, shape, { q, k, turned, weights, scale, mask: masked })
          product(code, { left: weights, transposed: true, right: dyHead, out: dv, rows: time, span: readers })
          transpose(code, { x: v, out: turned, rows: time, columns: size })
          product(code, { left: dyHead, transposed: false, right: turned, out: changes, rows: time, span: scores })
          const [p, d] = [counter(weights.place), counter(changes.place)]
          repeat(time, (i) => {
            // From the last visible token up to the next multiple of four, P is 0, and so is dS.
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
  }),
)

export const bijouAttentionGrad = onHeap(attentionGrad, (heap, { qkv, seen, dy }, attributes) => {
  if (qkv === undefined) throw new TypeError("The gradient of Attention on wasm requires qkv.")
  const sizes = sizesOf(qkv.shape, attributes)
  const out = heap.output(qkv.shape, "float32")
  const sgemm = sgemmFor(sizes.time, sizes.size, sizes.time)
  if (sgemm !== null) return pullByProducts(heap, sgemm, sizes, { qkv, dy, out, mask: seen })
  return withScratch(heap, sizes, 2, (scratch) => {
    heap.touch(qkv)
    heap.touch(dy)
    const mask = maskPlace(heap, seen)
    const places = { qkv: heap.place(qkv), dy: heap.place(dy), out: heap.place(out), scratch, mask }
    differentiate[tokensOf(seen)](heap.backend, { ...sizes, ...places, scale: scaleOf(sizes) })
    return out
  })
})
