/**
 * Images column by column, padded with zeros. They form a matrix [batch * width * height, horizontal taps * channels],
 * in which each position of a column has the row of taps that starts there. The patches of a column overlap: each one
 * is as many rows of the matrix as the filter has, and a matmul reads them in place. For 3 x 3 taps this takes a third
 * of the memory of separate patches.
 *
 * The complete matrix is never in memory: chunks of it are written to a scratch buffer of a few megabytes in turn. The
 * chunks depend on shapes alone, so sums over chunks have the same bits every time.
 */
import { meets, type Axis, type Convolution } from "../../cpu/stock/convolution.ts"
import { copyRegion } from "./regions.ts"
import type { Heap } from "../Heap.ts"

// ---------------------------------------------------------------- model

/** The memory layout of columns. */
export interface Layout {
  /** The floats of a position, which is a row of taps. */
  readonly floats: number
  /** The output positions from one column to the next, including surplus positions, whose patches span two columns. */
  readonly outputs: number
  /** The padded positions from one column to the next. */
  readonly places: number
  /** The additional positions that the last column needs. */
  readonly beyond: number
  /** The rows of the input in the padded image: the first one, their number, and the position of the first one. */
  readonly rows: { readonly from: number; readonly count: number; readonly to: number }
}

/** Some columns of the output, of complete images or of one image. */
export interface Chunk {
  readonly image: number
  readonly images: number
  readonly column: number
  readonly columns: number
}

/** The most floats of a chunk, unless one column of an image has more: 2 MB, which stay in the cache. */
const ROOM = 2 ** 19

// --------------------------------------------------------- constructors

/** Returns the layout of columns. Adjacent columns share their margins. */
export const layoutOf = ({ channels, vertical, horizontal }: Convolution): Layout => {
  const { size, out, taps, stride, before } = vertical
  const frame = (out - 1) * stride + taps
  const [from, to] = [Math.max(0, -before), Math.max(0, before)]
  const count = Math.max(0, Math.min(size - from, frame - to))
  const shared = Math.min(to, frame - to - count)
  const outputs = Math.max(out, Math.ceil((frame - shared) / stride))
  const beyond = Math.max(0, taps - stride)
  return { floats: horizontal.taps * channels, outputs, places: outputs * stride, beyond, rows: { from, count, to } }
}

/** Returns the chunks in the order of the output. */
export const chunksOf = (
  { batch, horizontal }: Convolution,
  { floats, places }: Pick<Layout, "floats" | "places">,
): readonly Chunk[] => {
  const width = horizontal.out
  const most = Math.max(1, Math.floor(ROOM / Math.max(1, places * floats)))
  const chunks: Chunk[] = []
  const images = most >= width ? evenly(batch, Math.floor(most / width)) : 1
  const columns = most >= width ? width : evenly(width, most)
  for (let image = 0; image < batch; image += images)
    for (let column = 0; column < width; column += columns)
      chunks.push({
        image,
        images: Math.min(images, batch - image),
        column,
        columns: Math.min(columns, width - column),
      })
  return chunks
}

/** Returns the least part size, at most `most`, that splits `count` into the fewest parts. */
const evenly = (count: number, most: number): number => Math.ceil(count / Math.ceil(count / most))

// ----------------------------------------------------------- combinators

/** Returns the number of output positions of a chunk, including surplus ones. */
export const outputsOf = ({ images, columns }: Chunk, { outputs }: Layout): number => images * columns * outputs

/** Returns the number of floats in the columns of a chunk. */
export const roomFor = ({ images, columns }: Chunk, { floats, places, beyond }: Layout): number =>
  (images * columns * places + beyond) * floats

/** Writes the columns of a chunk of the images at `x`. */
export const gather = (
  heap: Heap,
  { channels, vertical, horizontal }: Convolution,
  layout: Layout,
  chunk: Chunk,
  [x, columns]: readonly [x: number, columns: number],
): void => {
  const { floats, places, rows } = layout
  // The loop below does not write the margins.
  heap.numbers(columns, roomFor(chunk, layout)).fill(0)
  const row = horizontal.size * channels
  const add = (tap: number, taps: number, first: number, last: number) => {
    const [left, right] = [Math.max(first, chunk.column), Math.min(last, chunk.column + chunk.columns)]
    if (left >= right || rows.count === 0) return
    const from = left * horizontal.stride + tap * horizontal.dilation - horizontal.before
    copyRegion(heap.backend, {
      images: chunk.images,
      rows: rows.count,
      columns: right - left,
      floats: taps * channels,
      from: x + 4 * ((chunk.image * vertical.size + rows.from) * row + from * channels),
      fromImage: 4 * vertical.size * row,
      fromRow: 4 * row,
      fromColumn: 4 * horizontal.stride * channels,
      to: columns + 4 * (((left - chunk.column) * places + rows.to) * floats + tap * channels),
      toImage: 4 * chunk.columns * places * floats,
      toRow: 4 * floats,
      toColumn: 4 * places * floats,
    })
  }
  const [first, last] = inside(horizontal)
  if (first < last) add(0, horizontal.taps, first, last)
  for (let tap = 0; tap < horizontal.taps; tap++) {
    const [from, to] = meets(horizontal, tap)
    if (first >= last) add(tap, 1, from, to)
    else {
      add(tap, 1, from, first)
      add(tap, 1, last, to)
    }
  }
}

/** Returns the output positions whose taps are all inside the input and contiguous there. */
export const inside = (axis: Axis): readonly [first: number, last: number] => {
  if (axis.dilation !== 1) return [0, 0]
  const spans = Array.from({ length: axis.taps }, (_, tap) => meets(axis, tap))
  return [Math.max(...spans.map(([first]) => first)), Math.min(...spans.map(([, last]) => last))]
}

/**
 * Copies the outputs of a chunk between column-major order at `columns` and their row-major positions in all outputs at
 * `y`.
 */
export const turnOutputs = (
  heap: Heap,
  { outputs: n, vertical, horizontal }: Convolution,
  layout: Layout,
  { image, images, column, columns }: Chunk,
  [y, turned]: readonly [y: number, columns: number],
  direction: "to columns" | "to rows",
): void => {
  const row = horizontal.out * n
  const rows = y + 4 * (image * vertical.out * row + column * n)
  const [inRows, inColumns] = [
    { image: 4 * vertical.out * row, row: 4 * row, column: 4 * n },
    { image: 4 * columns * layout.outputs * n, row: 4 * n, column: 4 * layout.outputs * n },
  ]
  const [from, to] = direction === "to rows" ? [inColumns, inRows] : [inRows, inColumns]
  copyRegion(heap.backend, {
    images,
    rows: vertical.out,
    columns,
    floats: n,
    from: direction === "to rows" ? turned : rows,
    fromImage: from.image,
    fromRow: from.row,
    fromColumn: from.column,
    to: direction === "to rows" ? rows : turned,
    toImage: to.image,
    toRow: to.row,
    toColumn: to.column,
  })
}
