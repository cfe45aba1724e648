/**
 * `DepthwiseConv2dNativeBackpropInput`, the gradient of a depthwise convolution with respect to its images.
 *
 * The inputs are `dy` (float32, with `channels * m` channels) and `filter` (float32 [height, width, channels, m]); the
 * attributes are tfjs's. The output is float32 of the shape `inputShape`.
 */
import { depthwiseConv2dNativeBackpropInput as contract } from "../../spec/stock.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { convolutionOf, hasStrideOne, pulledBack } from "../../cpu/stock/convolution.ts"
import { slideOver, writeImages } from "./depthwise.ts"
import { addWeightedRegion, turned } from "./regions.ts"
import { onHeap } from "../Heap.ts"

export const depthwiseConv2dNativeBackpropInput = onHeap(contract, (heap, inputs, attributes) => {
  const { dy, filter } = inputs
  const shape = attributes.inputShape
  const given = { x: shape, filter: filter.shape, out: dy.shape, attributes }
  const convolution = convolutionOf("depthwiseConv2d's gradient", "depthwise", given)
  const out = heap.output(shape, "float32")
  heap.touch(dy)
  heap.touch(filter)
  if (sizeOf(shape) === 0) return out
  if (sizeOf(dy.shape) > 0 && filter.shape[3] === 1 && hasStrideOne(convolution)) {
    const last = sizeOf(filter.shape) - convolution.channels
    const places = { x: heap.place(dy), y: heap.place(out), weights: heap.place(filter) + 4 * last }
    slideOver(heap, pulledBack(convolution), places, -1)
    return out
  }
  const places = { x: heap.place(out), y: heap.place(dy), weights: heap.place(filter) }
  writeImages(heap, convolution, places, (region, weights) =>
    addWeightedRegion(heap.backend, { ...turned(region), weights }),
  )
  return out
})
