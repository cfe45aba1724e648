/** A convolution as matmuls of columns and filter by a plugged-in sgemm. */
import type { Convolution } from "../../cpu/stock/convolution.ts"
import type { Sgemm } from "../sgemm.ts"
import { convolveByBands } from "./bands.ts"
import { chunksOf, gather, layoutOf, outputsOf, roomFor, turnOutputs } from "./columns.ts"
import { isPointwise, patchOf } from "./patches.ts"
import type { Heap } from "../Heap.ts"

/**
 * Writes the convolution of the images at `x` to `y`. The weights are [patch, outputs], or transposed [outputs, patch].
 *
 * Patches overlap, but a matmul takes rows that do not. If each patch overlaps the next n - 1, there are n matmuls,
 * each of every n-th patch. If a row of taps is long enough for a matmul of its own, there is one for each row of taps
 * instead, which multiplies less padding.
 */
export const convolve = (
  heap: Heap,
  sgemm: Sgemm,
  convolution: Convolution,
  places: Readonly<{ x: number; weights: number; transposed: boolean; y: number }>,
): void => {
  const { x, weights, transposed, y } = places
  const { batch, channels, outputs: n, vertical, horizontal } = convolution
  const k = patchOf(convolution)
  const { memory } = heap.backend.wasm.asm
  const fixed = { k, n, transposeA: false, transposeB: transposed, strideB: transposed ? k : n }
  if (isPointwise(convolution)) {
    const m = batch * vertical.out * horizontal.out
    sgemm.multiply(memory, { ...fixed, m, strideA: k, strideOut: n }, x, weights, y)
    return
  }
  // Shorter ones take less time to read than the sums that they are added to.
  if (horizontal.taps * channels >= n) {
    convolveByBands(heap, sgemm, convolution, places)
    return
  }
  const layout = layoutOf(convolution)
  const chunks = chunksOf(convolution, layout)
  const room = Math.max(...chunks.map((chunk) => roomFor(chunk, layout)))
  const every = Math.ceil(vertical.taps / vertical.stride)
  const step = vertical.stride * layout.floats
  heap.scratch(room + n * Math.max(...chunks.map((chunk) => outputsOf(chunk, layout))), (columns) => {
    const out = columns + 4 * room
    for (const chunk of chunks) {
      gather(heap, convolution, layout, chunk, [x, columns])
      const count = outputsOf(chunk, layout)
      for (let first = 0; first < Math.min(every, count); first++) {
        const one = { ...fixed, m: Math.ceil((count - first) / every), strideA: every * step, strideOut: every * n }
        sgemm.multiply(memory, one, columns + 4 * first * step, weights, out + 4 * first * n)
      }
      turnOutputs(heap, convolution, layout, chunk, [y, out], "to rows")
    }
  })
}
