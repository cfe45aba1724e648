/**
 * `DepthwiseConv2dNativeBackpropFilter`, the gradient of a depthwise convolution with respect to its filter.
 *
 * The inputs are `x` (float32 [batch, height, width, channels]) and `dy` (with `channels * m` channels); the attributes
 * are tfjs's. The output is float32 of the shape `filterShape`, [height, width, channels, m].
 */
import { depthwiseConv2dNativeBackpropFilter as contract } from "../../spec/stock.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { convolutionOf } from "../../cpu/stock/convolution.ts"
import { readImages, sumOver } from "./depthwise.ts"
import { sumProducts } from "./regions.ts"
import { onHeap } from "../Heap.ts"

export const depthwiseConv2dNativeBackpropFilter = onHeap(contract, (heap, inputs, attributes) => {
  const { x, dy } = inputs
  const filter = attributes.filterShape
  const given = { x: x.shape, filter, out: dy.shape, attributes }
  const convolution = convolutionOf("depthwiseConv2d's gradient", "depthwise", given)
  const out = heap.output(filter, "float32")
  heap.touch(x)
  heap.touch(dy)
  heap.view(out).fill(0)
  const places = { x: heap.place(x), y: heap.place(dy), weights: heap.place(out) }
  if (filter[3] === 1 && sizeOf(dy.shape) > 0 && sumOver(heap, convolution, places)) return out
  readImages(heap, convolution, places, (region, sums) => sumProducts(heap.backend, { ...region, sums }))
  return out
})
