/**
 * Depthwise convolution on the heap. The forward pass and both gradients make one pass per filter tap over a few images
 * at a time, with one lane per output channel.
 */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import { meets, type Axis, type Convolution } from "../../cpu/stock/convolution.ts"
import { copyRegion, type Region } from "./regions.ts"
import type { Heap } from "../Heap.ts"
import { slideBy, slideByAny, type Sliding } from "./slide.ts"
import { sumsBy } from "./slidingSums.ts"

// ---------------------------------------------------------------- model

/** The byte addresses of images, outputs and weights. */
interface Places {
  readonly x: number
  readonly y: number
  readonly weights: number
}

/**
 * The work for one tap: `from` is the part of the images that the part `to` of the outputs uses, and `weights` is the
 * address of the tap's weights.
 */
type Pass = (region: Region, weights: number) => void

/** The floats of images and outputs that stay in the cache while all taps pass over them. */
const ROOM = 2 ** 16

// ----------------------------------------------------------- combinators

/**
 * Runs passes that read the images. If a channel has several outputs, it is first repeated for each of them in a
 * scratch buffer.
 */
export const readImages = (heap: Heap, convolution: Convolution, places: Places, pass: Pass): void => {
  const { each, image } = sizesOf(convolution)
  if (each === 1) {
    for (const group of groupsOf(convolution)) passOver(convolution, group, places, pass)
    return
  }
  withScratch(heap, convolution, (scratch) => {
    for (const group of groupsOf(convolution)) {
      const from = heap.numbers(places.x + 4 * group.first * image, group.images * image)
      const to = heap.numbers(scratch, from.length * each)
      for (let i = 0, at = 0; i < from.length; i++) for (let j = 0; j < each; j++) to[at++] = from[i]!
      passOver(convolution, group, { ...places, x: scratch - 4 * group.first * image * each }, pass)
    }
  })
}

/**
 * Runs passes that add to images of zeros. If a channel has several outputs, their contributions are summed at the end.
 */
export const writeImages = (heap: Heap, convolution: Convolution, places: Places, pass: Pass): void => {
  const { each, image } = sizesOf(convolution)
  if (each === 1) {
    heap.numbers(places.x, convolution.batch * image).fill(0)
    for (const group of groupsOf(convolution)) passOver(convolution, group, places, pass)
    return
  }
  withScratch(heap, convolution, (scratch) => {
    for (const group of groupsOf(convolution)) {
      heap.numbers(scratch, group.images * image * each).fill(0)
      passOver(convolution, group, { ...places, x: scratch - 4 * group.first * image * each }, pass)
      const to = heap.numbers(places.x + 4 * group.first * image, group.images * image)
      const from = heap.numbers(scratch, to.length * each)
      for (let i = 0, at = 0; i < to.length; i++) {
        let sum = 0
        for (let j = 0; j < each; j++) sum += from[at++]!
        to[i] = sum
      }
    }
  })
}

/**
 * Computes the depthwise convolution of images at `x` into `y`, with one output per channel; `step` is the distance
 * from a tap's weights to the next tap's.
 */
export const slideOver = (heap: Heap, convolution: Convolution, { x, y, weights }: Places, step: 1 | -1): void => {
  const { channels, horizontal } = convolution
  // Adjacent columns then share the loaded values of the images.
  const isDense = horizontal.stride === 1 && horizontal.dilation === 1
  const slide = (isDense ? slideBy(horizontal.taps) : null) ?? slideByAny
  inFrames(heap, convolution, { x, y, weights }, 4 * step * channels, slide)
}

/**
 * Computes the gradient of that convolution with respect to its filter and adds it to `weights`. Returns false if there
 * is no routine for a filter of this width.
 */
export const sumOver = (heap: Heap, convolution: Convolution, { x, y, weights }: Places): boolean => {
  const sums = sumsBy(convolution.horizontal.taps)
  if (sums === null) return false
  inFrames(heap, convolution, { x, y, weights }, 4 * convolution.channels, sums)
  return true
}

/**
 * Copies the images at `x` into a margin of zeros, a few at a time, and calls a routine on them and their outputs at
 * `y`. Its arguments are written out because an object spread takes microseconds.
 */
const inFrames = (
  heap: Heap,
  { batch, channels, vertical, horizontal }: Convolution,
  { x, y, weights }: Places,
  weight: number,
  routine: Sliding,
): void => {
  const [height, width] = [framed(vertical), framed(horizontal)]
  const [frame, image] = [height * width * channels, vertical.size * horizontal.size * channels]
  const out = vertical.out * horizontal.out * channels
  const most = Math.min(batch, Math.max(1, Math.floor(ROOM / Math.max(1, frame + out))))
  const [rows, columns] = [inFrame(vertical, height), inFrame(horizontal, width)]
  heap.scratch(most * frame, (scratch) => {
    // The margins stay zero from one group to the next.
    heap.numbers(scratch, most * frame).fill(0)
    for (let first = 0; first < batch; first += most) {
      const images = Math.min(most, batch - first)
      copyRegion(heap.backend, {
        images,
        rows: rows.count,
        columns: 1,
        floats: columns.count * channels,
        from: x + 4 * (first * image + (rows.from * horizontal.size + columns.from) * channels),
        fromImage: 4 * image,
        fromRow: 4 * horizontal.size * channels,
        fromColumn: 0,
        to: scratch + 4 * (rows.to * width + columns.to) * channels,
        toImage: 4 * frame,
        toRow: 4 * width * channels,
        toColumn: 0,
      })
      routine(heap.backend, {
        images,
        rows: vertical.out,
        columns: horizontal.out,
        floats: channels,
        tapRows: vertical.taps,
        taps: horizontal.taps,
        weights,
        weight,
        from: scratch,
        fromImage: 4 * frame,
        fromRow: 4 * vertical.stride * width * channels,
        fromColumn: 4 * horizontal.stride * channels,
        fromTapRow: 4 * vertical.dilation * width * channels,
        fromTap: 4 * horizontal.dilation * channels,
        to: y + 4 * first * out,
        toImage: 4 * out,
        toRow: 4 * horizontal.out * channels,
        toColumn: 4 * channels,
      })
    }
  })
}

/** Returns how many positions of an axis some tap uses. */
const framed = ({ out, taps, stride, dilation }: Axis): number =>
  out === 0 ? 0 : (out - 1) * stride + (taps - 1) * dilation + 1

/**
 * Returns the input positions inside the padded image: the first one, their number, and the padded position of the
 * first one.
 */
const inFrame = ({ size, before }: Axis, frame: number) => {
  const from = Math.max(0, -before)
  const to = Math.max(0, before)
  return { from, to, count: Math.max(0, Math.min(size - from, frame - to)) }
}

interface Group {
  readonly first: number
  readonly images: number
}

/** Returns groups of a few images. Their size depends on shapes alone. */
const groupsOf = (convolution: Convolution): readonly Group[] => {
  const { batch } = convolution
  const most = together(convolution)
  return Array.from({ length: Math.ceil(batch / most) }, (_, i) => ({
    first: i * most,
    images: Math.min(most, batch - i * most),
  }))
}

const together = (convolution: Convolution): number => {
  const { each, image, out } = sizesOf(convolution)
  return Math.max(1, Math.floor(ROOM / Math.max(1, image * each + out)))
}

/** Returns the outputs of a channel, and the floats of an image and of its output. */
const sizesOf = ({ channels, outputs, vertical, horizontal }: Convolution) => ({
  each: channels === 0 ? 1 : outputs / channels,
  image: vertical.size * horizontal.size * channels,
  out: vertical.out * horizontal.out * outputs,
})

const withScratch = (heap: Heap, convolution: Convolution, body: (scratch: number) => void): void => {
  const { each, image } = sizesOf(convolution)
  heap.scratch(Math.min(convolution.batch, together(convolution)) * image * each, body)
}

/** Runs the passes of all taps over images that are as wide as their outputs. */
const passOver = (
  { outputs: floats, vertical, horizontal }: Convolution,
  { first, images }: Group,
  { x, y, weights }: Places,
  pass: Pass,
): void => {
  const [row, outRow] = [horizontal.size * floats, horizontal.out * floats]
  const [image, outImage] = [vertical.size * row, vertical.out * outRow]
  for (let t = 0; t < vertical.taps; t++)
    for (let s = 0; s < horizontal.taps; s++) {
      const [[top, bottom], [left, right]] = [meets(vertical, t), meets(horizontal, s)]
      if (top >= bottom || left >= right) continue
      const atY = top * vertical.stride + t * vertical.dilation - vertical.before
      const atX = left * horizontal.stride + s * horizontal.dilation - horizontal.before
      const region = {
        ...{ images, rows: bottom - top, columns: right - left, floats },
        from: x + 4 * (first * image + atY * row + atX * floats),
        fromImage: 4 * image,
        fromRow: 4 * vertical.stride * row,
        fromColumn: 4 * horizontal.stride * floats,
        to: y + 4 * (first * outImage + top * outRow + left * floats),
        ...{ toImage: 4 * outImage, toRow: 4 * outRow, toColumn: 4 * floats },
      }
      pass(region, weights + 4 * (t * horizontal.taps + s) * floats)
    }
}
