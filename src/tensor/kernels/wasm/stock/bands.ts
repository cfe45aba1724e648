/**
 * A convolution as one product per row of taps, added up where they overlap. The columns of images (im2col) of a row of
 * taps are a matrix [rows * images * columns, horizontal taps * channels] of rows of the input and columns of the
 * output. Rows come before images, so the places that a row of taps meets are consecutive, in the matrix and in outputs
 * of the same order: no product reads padding above or below the images.
 */
import { meets, type Axis, type Convolution } from "../../cpu/stock/convolution.ts"
import type { Sgemm } from "../sgemm.ts"
import { chunksOf, inside, type Chunk } from "./columns.ts"
import { patchOf } from "./patches.ts"
import { clearRegion, copyRegion } from "./regions.ts"
import type { Heap } from "../Heap.ts"

// ---------------------------------------------------------------- model

/** How the matrix lies in memory. */
interface Layout {
  /** Rows of the matrix for each image and column. */
  readonly places: number
  /** Every so many-th row of the input, as the stride has it: the first, how many, and the first row of the matrix. */
  readonly phases: ReadonlyArray<{ readonly from: number; readonly count: number; readonly to: number }>
  /** For each row of taps the rows that it meets: the first of the output, how many, and the first of the matrix. */
  readonly bands: ReadonlyArray<{ readonly first: number; readonly count: number; readonly from: number }>
}

// --------------------------------------------------------- constructors

/**
 * Rows of the input in the order of their remainders by the stride; a remainder whose rows no tap meets has no place.
 */
const layoutOf = (axis: Axis): Layout => {
  const { size, taps, stride, dilation, before } = axis
  const each = Math.ceil(size / stride)
  const met = Array.from({ length: taps }, (_, tap) => {
    const [first, last] = meets(axis, tap)
    return { first, count: last - first, row: first * stride + tap * dilation - before }
  })
  const used = [...new Set(met.filter(({ count }) => count > 0).map(({ row }) => row % stride))]
  return {
    places: used.length * each,
    phases: used.map((from, i) => ({ from, count: Math.ceil((size - from) / stride), to: i * each })),
    bands: met.map(({ first, count, row }) => {
      const from = count === 0 ? 0 : used.indexOf(row % stride) * each + Math.floor(row / stride)
      return { first, count, from }
    }),
  }
}

// ----------------------------------------------------------- combinators

/**
 * Writes the convolution of the images at `x` to `y`, from the row of taps that meets most rows of the output; the
 * weights as in `convolve`.
 */
export const convolveByBands = (
  heap: Heap,
  sgemm: Sgemm,
  convolution: Convolution,
  { x, weights, transposed, y }: Readonly<{ x: number; weights: number; transposed: boolean; y: number }>,
): void => {
  const { channels, outputs: n, vertical, horizontal } = convolution
  const k = horizontal.taps * channels
  const layout = layoutOf(vertical)
  const chunks = chunksOf(convolution, { floats: k, places: layout.places })
  const most = Math.max(...chunks.map(rowOf))
  const strides = { strideA: k, strideB: transposed ? patchOf(convolution) : n, strideOut: n }
  const bands = layout.bands
    .map((band, tap) => ({ ...band, weights: weights + 4 * tap * k * (transposed ? 1 : n) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
  const covered = bands[0]?.count === vertical.out
  heap.scratch(most * (layout.places * k + vertical.out * n), (matrix) => {
    const out = matrix + 4 * most * layout.places * k
    for (const chunk of chunks) {
      const row = rowOf(chunk)
      gather(heap, convolution, layout, chunk, [x, matrix])
      if (!covered) heap.numbers(out, vertical.out * row * n).fill(0)
      for (const [i, { first, count, from, weights }] of bands.entries()) {
        const sizes = { m: count * row, n, k, transposeA: false, transposeB: transposed, ...strides }
        const product = { ...sizes, adds: i > 0 || !covered }
        sgemm.multiply(
          heap.backend.wasm.asm.memory,
          product,
          matrix + 4 * from * row * k,
          weights,
          out + 4 * first * row * n,
        )
      }
      order(heap, convolution, chunk, [out, y])
    }
  })
}

/** Places in a row of a chunk's matrix. */
const rowOf = ({ images, columns }: Chunk): number => images * columns

/** Writes the matrix of a chunk of the images at `x`. */
const gather = (
  heap: Heap,
  { channels, vertical, horizontal }: Convolution,
  { phases }: Layout,
  chunk: Chunk,
  [x, matrix]: readonly [x: number, matrix: number],
): void => {
  const { size, out, taps, stride, dilation, before } = horizontal
  const floats = taps * channels
  const row = size * channels
  const write = (routine: typeof copyRegion, tap: number, count: number, first: number, last: number) => {
    const [left, right] = [Math.max(first, chunk.column), Math.min(last, chunk.column + chunk.columns)]
    if (left >= right) return
    const place = (left * stride + tap * dilation - before) * channels
    for (const { from, count: rows, to } of phases)
      routine(heap.backend, {
        images: chunk.images,
        rows,
        columns: right - left,
        floats: count * channels,
        from: x + 4 * ((chunk.image * vertical.size + from) * row + place),
        fromImage: 4 * vertical.size * row,
        fromRow: 4 * vertical.stride * row,
        fromColumn: 4 * stride * channels,
        to: matrix + 4 * ((to * rowOf(chunk) + left - chunk.column) * floats + tap * channels),
        toImage: 4 * chunk.columns * floats,
        toRow: 4 * rowOf(chunk) * floats,
        toColumn: 4 * floats,
      })
  }
  const [least, most] = inside(horizontal)
  if (least < most) write(copyRegion, 0, taps, least, most)
  for (let tap = 0; tap < taps; tap++) {
    const [first, last] = meets(horizontal, tap)
    write(clearRegion, tap, 1, 0, first)
    write(clearRegion, tap, 1, last, out)
    if (least >= most) write(copyRegion, tap, 1, first, last)
    else {
      write(copyRegion, tap, 1, first, least)
      write(copyRegion, tap, 1, most, last)
    }
  }
}

/** Writes the outputs of a chunk, in the order of the matrix, to their places in all outputs at `y`. */
const order = (
  heap: Heap,
  { outputs: n, vertical, horizontal }: Convolution,
  chunk: Chunk,
  [ordered, y]: readonly [ordered: number, y: number],
): void => {
  const row = horizontal.out * n
  copyRegion(heap.backend, {
    images: chunk.images,
    rows: vertical.out,
    columns: 1,
    floats: chunk.columns * n,
    from: ordered,
    fromImage: 4 * chunk.columns * n,
    fromRow: 4 * rowOf(chunk) * n,
    fromColumn: 0,
    to: y + 4 * (chunk.image * vertical.out * row + chunk.column * n),
    toImage: 4 * vertical.out * row,
    toRow: 4 * row,
    toColumn: 0,
  })
}
