/**
 * `Conv2D` by a plugged-in sgemm, as the product of patches and filter, chunk by chunk of the patches. Without one, with dilations and for small
 * convolutions it is the stock kernel, which is XNNPACK's. Which of the two it is depends on shapes alone.
 */
import { conv2D as contract } from "../../spec/stock.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import type { tf } from "../../../tf.ts"
import { convolutionOf, isChannelsLast, withPadding, type Convolution } from "../../cpu/stock/convolution.ts"
import { product } from "./BatchMatMul.ts"
import { sgemmFor } from "../sgemm.ts"
import { guardedConvolution } from "./windows.ts"
import { chunksOf, gather, isPointwise, patchOf } from "./patches.ts"
import { onHeap, type Heap } from "../Heap.ts"

export const conv2D = onHeap(contract, (heap, inputs, attributes) => {
  const { x, filter } = inputs
  if (!isChannelsLast(attributes)) return guardedConvolution.conv2D(heap.backend, inputs, attributes)
  const convolution = convolutionOf("conv2d", "full", { x: x.shape, filter: filter.shape, attributes })
  if (isFast(convolution)) return byProducts(heap, convolution, x, filter)
  return guardedConvolution.conv2D(heap.backend, inputs, withPadding(attributes, convolution))
})

/** Whether the sgemm does its products. */
const isFast = (convolution: Convolution): boolean => {
  const { batch, outputs, vertical, horizontal } = convolution
  if (vertical.dilation !== 1 || horizontal.dilation !== 1) return false
  return sgemmFor(batch * vertical.out * horizontal.out, patchOf(convolution), outputs) !== null
}

const byProducts = (heap: Heap, convolution: Convolution, x: tf.TensorInfo, filter: tf.TensorInfo): tf.TensorInfo => {
  const { batch, outputs: n, vertical, horizontal } = convolution
  const k = patchOf(convolution)
  const out = heap.output([batch, vertical.out, horizontal.out, n], "float32")
  heap.touch(x)
  heap.touch(filter)
  const multiply = (m: number, a: number, to: number) => {
    const sgemm = sgemmFor(m, k, n)
    const one = { m, k, n, transposeA: false, transposeB: false, strideA: k, strideB: n, strideOut: n }
    if (sgemm === null) product(heap.backend, m, k, n)(a, heap.place(filter), to)
    else sgemm.multiply(heap.backend.wasm.asm.memory, one, a, heap.place(filter), to)
  }
  if (isPointwise(convolution)) {
    multiply(sizeOf(out.shape) / n, heap.place(x), heap.place(out))
    return out
  }
  const chunks = chunksOf(convolution, k)
  return heap.scratch(Math.max(...chunks.map(({ places }) => places)) * k, (patches) => {
    for (const chunk of chunks) {
      gather(heap, convolution, chunk, heap.place(x), patches)
      multiply(chunk.places, patches, heap.place(out) + 4 * chunk.first * n)
    }
    return out
  })
}
