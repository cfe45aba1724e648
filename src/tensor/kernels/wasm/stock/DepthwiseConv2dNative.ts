/**
 * `DepthwiseConv2dNative` where every channel has one output; else it is the stock kernel, which is XNNPACK's.
 */
import { sizeOf } from "../../../../exact/frame.ts"
import { convolutionOf, isChannelsLast, withPadding } from "../../cpu/stock/convolution.ts"
import { inputOf } from "../../cpu/fromTyped.ts"
import { guardedConvolution } from "./windows.ts"
import { slideOver } from "./depthwise.ts"
import { callStock, onHeap } from "../assembler/Routine.ts"

export const depthwiseConv2dNative = onHeap("DepthwiseConv2dNative", (heap, inputs, attrs) => {
  const [x, filter] = [inputOf(inputs, "x"), inputOf(inputs, "filter")]
  if (!isChannelsLast(attrs)) return callStock(guardedConvolution.depthwise, heap, inputs, attrs)
  const given = { x: x.shape, filter: filter.shape, attrs }
  const convolution = convolutionOf("depthwiseConv2d", "depthwise", given)
  if (filter.shape[3] !== 1)
    return callStock(guardedConvolution.depthwise, heap, inputs, withPadding(attrs, convolution))
  const { batch, outputs, vertical, horizontal } = convolution
  const out = heap.output([batch, vertical.out, horizontal.out, outputs], "float32")
  heap.touch(x)
  heap.touch(filter)
  if (sizeOf(out.shape) === 0) return out
  const places = { x: heap.place(x), y: heap.place(out), weights: heap.place(filter) }
  slideOver(heap, convolution, places, 1)
  return out
})
