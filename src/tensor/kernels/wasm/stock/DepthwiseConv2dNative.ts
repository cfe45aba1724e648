/**
 * `DepthwiseConv2dNative` with one output per channel. Otherwise the stock kernel, which is XNNPACK's, runs.
 */
import { depthwiseConv2dNative as contract } from "../../spec/stock.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { convolutionOf, isChannelsLast, withPadding } from "../../cpu/stock/convolution.ts"
import { guardedConvolution } from "./windows.ts"
import { slideOver } from "./depthwise.ts"
import { onHeap } from "../Heap.ts"

export const depthwiseConv2dNative = onHeap(contract, (heap, inputs, attributes) => {
  const { x, filter } = inputs
  if (!isChannelsLast(attributes)) return guardedConvolution.depthwise(heap.backend, inputs, attributes)
  const given = { x: x.shape, filter: filter.shape, attributes }
  const convolution = convolutionOf("depthwiseConv2d", "depthwise", given)
  if (filter.shape[3] !== 1)
    return guardedConvolution.depthwise(heap.backend, inputs, withPadding(attributes, convolution))
  const { batch, outputs, vertical, horizontal } = convolution
  const out = heap.output([batch, vertical.out, horizontal.out, outputs], "float32")
  heap.touch(x)
  heap.touch(filter)
  if (sizeOf(out.shape) === 0) return out
  const places = { x: heap.place(x), y: heap.place(out), weights: heap.place(filter) }
  slideOver(heap, convolution, places, 1)
  return out
})
