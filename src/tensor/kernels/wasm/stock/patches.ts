/**
 * The patches of images that a filter covers, as a matrix with one row per output position and one column per weight of
 * an output channel, [batch * height * width, taps * channels]. A convolution is the matmul of this matrix and the
 * filter.
 *
 * The complete matrix is never in memory: chunks of it are written to a scratch buffer of a few megabytes in turn. The
 * chunks depend on shapes alone, so sums over chunks have the same bits every time.
 */
import { meets, type Convolution } from "../../cpu/stock/convolution.ts"
import { addRegion, turned, type Region } from "./regions.ts"
import type { Heap } from "../Heap.ts"

// ---------------------------------------------------------------- model

/** Some complete images of the output, or some rows of one image. */
export interface Chunk {
  readonly image: number
  readonly images: number
  readonly row: number
  readonly rows: number
  /** The number of output positions before the chunk, and in it. */
  readonly first: number
  readonly places: number
}

/** The most floats of a chunk, unless one row of an image has more: 2 MB, which stay in the cache. */
const ROOM = 2 ** 19

// --------------------------------------------------------- constructors

/** Returns chunks with `each` floats per position, in the order of the output. */
export const chunksOf = ({ batch, vertical, horizontal }: Convolution, each: number): readonly Chunk[] => {
  const [height, width] = [vertical.out, horizontal.out]
  if (batch * height * width === 0) return []
  const most = Math.max(1, Math.floor(ROOM / (width * each)))
  const chunks: Chunk[] = []
  if (most >= height) {
    const images = evenly(batch, Math.floor(most / height))
    for (let image = 0; image < batch; image += images) {
      const count = Math.min(images, batch - image)
      const area = height * width
      chunks.push({ image, images: count, row: 0, rows: height, first: image * area, places: count * area })
    }
    return chunks
  }
  const rows = evenly(height, most)
  for (let image = 0; image < batch; image++)
    for (let row = 0; row < height; row += rows) {
      const count = Math.min(rows, height - row)
      const first = (image * height + row) * width
      chunks.push({ image, images: 1, row, rows: count, first, places: count * width })
    }
  return chunks
}

/** Returns the least part size, at most `most`, that splits `count` into the fewest parts. */
const evenly = (count: number, most: number): number => Math.ceil(count / Math.ceil(count / most))

// ----------------------------------------------------------- combinators

/** Returns the number of floats in a patch. */
export const patchOf = ({ channels, vertical, horizontal }: Convolution): number =>
  channels * vertical.taps * horizontal.taps

/** Returns whether a patch is a single position, so that the patches are the images themselves. */
export const isPointwise = ({ vertical, horizontal }: Convolution): boolean =>
  [vertical, horizontal].every(
    ({ size, out, taps, stride, before }) => size === out && taps === 1 && stride === 1 && before === 0,
  )

/** Adds the patches of a chunk to the images at `x`. */
export const scatter = (heap: Heap, convolution: Convolution, chunk: Chunk, x: number, patches: number): void => {
  for (const region of regionsOf(convolution, chunk, x, patches)) addRegion(heap.backend, turned(region))
}

/** Returns the parts of patches that are inside the images. For inner positions each row of taps is one part. */
const regionsOf = (convolution: Convolution, chunk: Chunk, x: number, patches: number): readonly Region[] => {
  const { channels, vertical, horizontal } = convolution
  const taps = horizontal.taps
  const patch = patchOf(convolution)
  const spans = Array.from({ length: taps }, (_, tap) => meets(horizontal, tap))
  const inside =
    horizontal.dilation === 1
      ? ([Math.max(...spans.map(([first]) => first)), Math.min(...spans.map(([, last]) => last))] as const)
      : ([0, 0] as const)
  const regions: Region[] = []
  for (let t = 0; t < vertical.taps; t++) {
    const [least, most] = meets(vertical, t)
    const [top, bottom] = [Math.max(least, chunk.row), Math.min(most, chunk.row + chunk.rows)]
    const add = (tap: number, floats: number, first: number, last: number) => {
      if (first >= last || top >= bottom) return
      const y = top * vertical.stride + t * vertical.dilation - vertical.before
      const left = first * horizontal.stride + tap * horizontal.dilation - horizontal.before
      const row = horizontal.size * channels
      const place = (top - chunk.row) * horizontal.out + first
      regions.push({
        ...{ images: chunk.images, rows: bottom - top, columns: last - first, floats },
        from: x + 4 * (((chunk.image * vertical.size + y) * horizontal.size + left) * channels),
        fromImage: 4 * vertical.size * row,
        fromRow: 4 * vertical.stride * row,
        fromColumn: 4 * horizontal.stride * channels,
        to: patches + 4 * (place * patch + (t * taps + tap) * channels),
        toImage: 4 * chunk.rows * horizontal.out * patch,
        toRow: 4 * horizontal.out * patch,
        toColumn: 4 * patch,
      })
    }
    const [first, last] = inside
    if (first < last) add(0, taps * channels, first, last)
    for (const [tap, [from, to]] of spans.entries())
      if (first >= last) add(tap, channels, from, to)
      else {
        add(tap, channels, from, first)
        add(tap, channels, last, to)
      }
  }
  return regions
}
