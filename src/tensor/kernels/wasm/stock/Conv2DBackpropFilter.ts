/**
 * `Conv2DBackpropFilter`, the gradient of a convolution with respect to its filter: patches^T dy, chunk by chunk and
 * tap row by tap row.
 *
 * The inputs are `x` (float32 [batch, height, width, channels]) and `dy`; the attributes are tfjs's. The output is
 * float32 of the shape `filterShape`.
 */
import { conv2DBackpropFilter as contract } from "../../spec/stock.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { convolutionOf } from "../../cpu/stock/convolution.ts"
import { multiplyTurned } from "../multiply.ts"
import { chunksOf, gather, layoutOf, outputsOf, roomFor, turnOutputs } from "./columns.ts"
import { isPointwise, patchOf } from "./patches.ts"
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
      strideX: m,
      x: heap.place(x),
      dy: heap.place(dy),
      out: heap.place(out),
    })
    return out
  }
  const layout = layoutOf(convolution)
  const chunks = chunksOf(convolution, layout)
  const room = Math.max(...chunks.map((chunk) => roomFor(chunk, layout)))
  const places = Math.max(...chunks.map((chunk) => outputsOf(chunk, layout)))
  const { vertical } = convolution
  const row = 4 * layout.floats
  return heap.scratch(room + places * n + size, (columns) => {
    const turned = columns + 4 * room
    const part = turned + 4 * places * n
    for (const [i, chunk] of chunks.entries()) {
      gather(heap, convolution, layout, chunk, [heap.place(x), columns])
      const rows = outputsOf(chunk, layout)
      // Surplus outputs must not contribute.
      heap.numbers(turned, rows * n).fill(0)
      turnOutputs(heap, convolution, layout, chunk, [heap.place(dy), turned], "to columns")
      const sums = i === 0 ? heap.place(out) : part
      const given = { rows, m: layout.floats, n, strideX: vertical.stride * layout.floats, dy: turned }
      for (let t = 0; t < vertical.taps; t++)
        multiplyTurned(heap, { ...given, x: columns + t * row, out: sums + t * row * n })
      if (i > 0) addInto(heap.backend, part, heap.place(out), size)
    }
    return out
  })
})
