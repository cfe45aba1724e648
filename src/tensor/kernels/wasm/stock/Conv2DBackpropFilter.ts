/**
 * `Conv2DBackpropFilter`, the gradient of a convolution by its filter: patches^T dy, chunk by chunk of the patches.
 *
 * Inputs `x` (float32 [batch, height, width, channels]) and `dy`; Output float32 of `filterShape`.
 */
import { conv2DBackpropFilter as contract } from "../../spec/stock.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { convolutionOf } from "../../cpu/stock/convolution.ts"
import { multiplyTurned } from "../multiply.ts"
import { chunksOf, gather, isPointwise, patchOf } from "./patches.ts"
import { addInto } from "./regions.ts"
import { onHeap } from "../Heap.ts"

export const conv2DBackpropFilter = onHeap(contract, (heap, inputs, attributes) => {
  const { x, dy } = inputs
  const filter = attributes.filterShape
  const convolution = convolutionOf("conv2d's gradient", "full", { x: x.shape, filter, out: dy.shape, attributes })
  const out = heap.output(filter, "float32")
  heap.touch(x)
  heap.touch(dy)
  const [m, n, size] = [patchOf(convolution), convolution.outputs, sizeOf(filter)]
  if (size === 0) return out
  if (sizeOf(dy.shape) === 0) {
    heap.view(out).fill(0)
    return out
  }
  if (isPointwise(convolution)) {
    multiplyTurned(heap, {
      rows: sizeOf(dy.shape) / n,
      m,
      n,
      x: heap.place(x),
      dy: heap.place(dy),
      out: heap.place(out),
    })
    return out
  }
  const chunks = chunksOf(convolution, m)
  const most = Math.max(...chunks.map(({ places }) => places))
  return heap.scratch(most * m + size, (patches) => {
    const part = patches + 4 * most * m
    for (const chunk of chunks) {
      gather(heap, convolution, chunk, heap.place(x), patches)
      const given = { rows: chunk.places, m, n, x: patches, dy: heap.place(dy) + 4 * chunk.first * n }
      multiplyTurned(heap, { ...given, out: chunk.first === 0 ? heap.place(out) : part })
      if (chunk.first > 0) addInto(heap.backend, part, heap.place(out), size)
    }
    return out
  })
})
