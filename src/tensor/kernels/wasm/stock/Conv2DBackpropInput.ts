/**
 * `Conv2DBackpropInput`, the gradient of a convolution with respect to its images, which is also `tf.conv2dTranspose`.
 * With a plugged-in sgemm and a stride of 1 it is a convolution of dy with the reversed filter. Otherwise dy filter^T
 * gives patches, chunk by chunk, which are added to the images.
 *
 * The inputs are `dy` and `filter` (float32 [height, width, channels, outputs]); the attributes are tfjs's. The output
 * is float32 of the shape `inputShape`.
 */
import { conv2DBackpropInput as contract } from "../../spec/stock.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { convolutionOf, hasStrideOne, pulledBack, type Convolution } from "../../cpu/stock/convolution.ts"
import { product } from "./BatchMatMul.ts"
import { sgemmFor, type Sgemm } from "../sgemm.ts"
import { swapLast } from "./Transpose.ts"
import { convolve } from "./convolve.ts"
import { chunksOf, isPointwise, patchOf, scatter } from "./patches.ts"
import { copyRegion } from "./regions.ts"
import { onHeap, type Heap } from "../Heap.ts"
import type { tf } from "../../../tf.ts"

export const conv2DBackpropInput = onHeap(contract, (heap, inputs, attributes) => {
  const { dy, filter } = inputs
  const shape = attributes.inputShape
  const given = { x: shape, filter: filter.shape, out: dy.shape, attributes }
  const convolution = convolutionOf("conv2d's gradient", "full", given)
  const out = heap.output(shape, "float32")
  heap.touch(dy)
  heap.touch(filter)
  const sgemm = sgemmOf(convolution)
  if (sgemm !== null) {
    heap.scratch(sizeOf(filter.shape), (weights) => {
      turnTaps(heap, convolution, heap.place(filter), weights)
      const places = { x: heap.place(dy), weights, transposed: true, y: heap.place(out) }
      convolve(heap, sgemm, pulledBack(convolution), places)
    })
    return out
  }
  const [k, n] = [convolution.outputs, patchOf(convolution)]
  const alone = isPointwise(convolution)
  if (!alone || sizeOf(dy.shape) * n === 0) heap.view(out).fill(0)
  if (sizeOf(dy.shape) * n === 0) return out
  return timesTransposed(heap, filter, k, n, (multiply) => {
    if (alone) {
      multiply(sizeOf(dy.shape) / k, heap.place(dy), heap.place(out))
      return out
    }
    const chunks = chunksOf(convolution, n)
    return heap.scratch(Math.max(...chunks.map(({ places }) => places)) * n, (patches) => {
      for (const chunk of chunks) {
        multiply(chunk.places, heap.place(dy) + 4 * chunk.first * k, patches)
        scatter(heap, convolution, chunk, heap.place(out), patches)
      }
      return out
    })
  })
})

/** Returns the sgemm that computes its matmuls if the gradient is itself a convolution, or null. */
const sgemmOf = (convolution: Convolution): Sgemm | null => {
  const { batch, channels, outputs, vertical, horizontal } = convolution
  if (!hasStrideOne(convolution) || vertical.out * horizontal.out === 0) return null
  return sgemmFor(batch * vertical.size * horizontal.size, vertical.taps * horizontal.taps * outputs, channels)
}

/** Copies a filter with its taps in reverse order, [channels, taps * outputs]. */
const turnTaps = (
  heap: Heap,
  { channels, outputs, vertical, horizontal }: Convolution,
  filter: number,
  turned: number,
): void => {
  const tap = 4 * channels * outputs
  const taps = vertical.taps * horizontal.taps
  copyRegion(heap.backend, {
    images: 1,
    rows: channels,
    columns: taps,
    floats: outputs,
    from: filter + (taps - 1) * tap,
    fromImage: 0,
    fromRow: 4 * outputs,
    fromColumn: -tap,
    to: turned,
    toImage: 0,
    toRow: 4 * taps * outputs,
    toColumn: 4 * outputs,
  })
}

/**
 * Makes `body` multiply rows of k by the transposed filter [n, k]. For XNNPACK the filter is transposed once,
 * beforehand.
 */
const timesTransposed = <A>(
  { backend, place }: Heap,
  filter: tf.TensorInfo,
  k: number,
  n: number,
  body: (multiply: (rows: number, a: number, out: number) => void) => A,
): A => {
  const made: tf.TensorInfo[] = []
  const transposed = (): tf.TensorInfo => {
    const [kept] = made
    if (kept !== undefined) return kept
    const flat = { dataId: filter.dataId, dtype: filter.dtype, shape: [n, k] }
    const turned = swapLast(backend, flat)
    made.push(turned)
    return turned
  }
  const multiply = (rows: number, a: number, out: number) => {
    const sgemm = sgemmFor(rows, k, n)
    if (sgemm === null) {
      const b = place(transposed())
      product(backend, rows, k, n)(a, b, out)
    } else {
      const strides = { strideA: k, strideB: k, strideOut: n }
      const one = { m: rows, k, n, transposeA: false, transposeB: true, ...strides }
      sgemm.multiply(backend.wasm.asm.memory, one, a, place(filter), out)
    }
  }
  try {
    return body(multiply)
  } finally {
    for (const x of made) backend.disposeData(x.dataId)
  }
}
