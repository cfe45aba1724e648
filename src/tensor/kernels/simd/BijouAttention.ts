/**
 * `BijouAttention`: softmax(q k^T / sqrt(size)) v for every sample and head, one after the other, so that only one matrix of weights is alive.
 *
 * Input `qkv` (float32 [batch, time, 3 heads size]), attributes `heads` and `causal` (1 or 0). Output float32 [batch, time, heads size].
 */
import { inputOf } from "../typed/fromTyped.ts"
import { sgemmFor } from "../wasm/sgemm.ts"
import { attend, geometry, scaleOf, sizesOf, SIZES, withScratch } from "./attention.ts"
import { mixByProducts } from "./attentionByProducts.ts"
import { product } from "./product.ts"
import { compile, onHeap } from "./Routine.ts"

export const bijouAttention = onHeap("BijouAttention", (heap, inputs, attrs) => {
  const qkv = inputOf(inputs, "qkv")
  const sizes = sizesOf(qkv.shape, attrs)
  const out = heap.output([sizes.batch, sizes.time, sizes.heads * sizes.size], "float32")
  const sgemm = sgemmFor(sizes.time, sizes.size, sizes.time)
  if (sgemm !== null) return mixByProducts(heap, sgemm, sizes, { qkv, out })
  return withScratch(heap, sizes, 1, (scratch) => {
    heap.touch(qkv)
    const places = { qkv: heap.place(qkv), out: heap.place(out), scratch }
    mix(heap.backend, { ...sizes, ...places, scale: scaleOf(sizes) })
    return out
  })
})

const mix = compile({
  wholes: [...SIZES, "qkv", "out", "scratch"],
  numbers: ["scale"],
  body: (code, { qkv, out, scratch, ...sizes }, { scale }) => {
    const { batch, time, heads, size } = sizes
    const { plus, repeat, times } = code
    const shape = geometry(code, sizes)
    const { line, means, triple, width } = shape
    const turned = { place: scratch, row: line }
    const weights = { place: plus(scratch, times(size, line)), row: line }
    repeat(batch, (b) =>
      repeat(heads, (h) => {
        const across = times(times(h, size), 4)
        const q = { place: plus(plus(qkv, times(times(b, time), triple)), across), row: triple }
        const k = { ...q, place: plus(q.place, width) }
        const v = { ...q, place: plus(k.place, width) }
        attend(code, sizes, shape, { q, k, turned, weights, scale })
        const mixed = { place: plus(plus(out, times(times(b, time), width)), across), row: width }
        product(code, { left: weights, transposed: false, right: v, out: mixed, rows: time, span: means })
      }),
    )
  },
})
