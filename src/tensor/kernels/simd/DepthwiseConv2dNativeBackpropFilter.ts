/**
 * `DepthwiseConv2dNativeBackpropFilter`, the gradient of a depthwise convolution by its filter.
 *
 * Inputs `x` (float32 [batch, height, width, channels]) and `dy` (with `channels * m` channels); attributes as tfjs's. Output float32 of
 * `filterShape`, [height, width, channels, m].
 */
import { sizeOf } from "../../../exact/frame.ts"
import { convolutionOf } from "../typed/convolution.ts"
import { inputOf } from "../typed/fromTyped.ts"
import { readImages, sumOver } from "./depthwise.ts"
import { sumProducts } from "./regions.ts"
import { onHeap } from "./Routine.ts"

export const depthwiseConv2dNativeBackpropFilter = onHeap(
  "DepthwiseConv2dNativeBackpropFilter",
  (heap, inputs, attrs) => {
    const [x, dy] = [inputOf(inputs, "x"), inputOf(inputs, "dy")]
    const filter = attrs["filterShape"] as readonly number[] // tfjs's ops have checked it
    const given = { x: x.shape, filter, out: dy.shape, attrs }
    const convolution = convolutionOf("depthwiseConv2d's gradient", "depthwise", given)
    const out = heap.output(filter, "float32")
    heap.touch(x)
    heap.touch(dy)
    heap.view(out).fill(0)
    const places = { x: heap.place(x), y: heap.place(dy), weights: heap.place(out) }
    if (filter[3] === 1 && sizeOf(dy.shape) > 0 && sumOver(heap, convolution, places)) return out
    readImages(heap, convolution, places, (region, sums) => sumProducts(heap.backend, { ...region, sums }))
    return out
  },
)
