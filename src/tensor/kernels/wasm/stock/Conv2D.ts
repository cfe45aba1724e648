/**
 * `Conv2D` by a plugged-in sgemm. The stock kernel, which is XNNPACK's, runs without an sgemm, with dilations and for
 * small convolutions. The choice depends on shapes alone.
 */
import { conv2D as contract } from "../../spec/stock.ts"
import { convolutionOf, isChannelsLast, withPadding, type Convolution } from "../../cpu/stock/convolution.ts"
import { sgemmFor, type Sgemm } from "../sgemm.ts"
import { guardedConvolution } from "./windows.ts"
import { convolve } from "./convolve.ts"
import { patchOf } from "./patches.ts"
import { onHeap } from "../Heap.ts"

export const conv2D = onHeap(contract, (heap, inputs, attributes) => {
  const { x, filter } = inputs
  if (!isChannelsLast(attributes)) return guardedConvolution.conv2D(heap.backend, inputs, attributes)
  const convolution = convolutionOf("conv2d", "full", { x: x.shape, filter: filter.shape, attributes })
  const sgemm = sgemmOf(convolution)
  if (sgemm === null) return guardedConvolution.conv2D(heap.backend, inputs, withPadding(attributes, convolution))
  const { batch, outputs, vertical, horizontal } = convolution
  const out = heap.output([batch, vertical.out, horizontal.out, outputs], "float32")
  heap.touch(x)
  heap.touch(filter)
  const places = { x: heap.place(x), weights: heap.place(filter), transposed: false, y: heap.place(out) }
  convolve(heap, sgemm, convolution, places)
  return out
})

/** Returns the sgemm that computes its matmuls, or null. */
const sgemmOf = (convolution: Convolution): Sgemm | null => {
  const { batch, outputs, vertical, horizontal } = convolution
  if (vertical.dilation !== 1 || horizontal.dilation !== 1) return null
  return sgemmFor(batch * vertical.out * horizontal.out, patchOf(convolution), outputs)
}
