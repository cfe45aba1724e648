/**
 * Attention whose products a plugged-in sgemm does, in place on queries, keys and values as they stand; the softmax between them stays in
 * lanes. One sample is done at a time, so that its weights stay near.
 */
import type { tf } from "../../tf.ts"
import type { Product, Sgemm } from "../wasm/sgemm.ts"
import { lineOf, pullShareAll, scaleOf, shareAll, type sizesOf } from "./attention.ts"
import type { Heap } from "./Routine.ts"

// ---------------------------------------------------------------- model

type Sizes = ReturnType<typeof sizesOf>

/** A matrix of every head of one sample: the place of the first, in bytes, how far on the next one is, and the distance of rows in elements. */
interface Heads {
  readonly place: number
  readonly step: number
  readonly stride: number
}

// --------------------------------------------------------- constructors

/** y = softmax(q k^T / sqrt(size)) v into `out`. */
export const mixByProducts = (
  heap: Heap,
  sgemm: Sgemm,
  sizes: Sizes,
  { qkv, out }: Readonly<Record<"qkv" | "out", tf.TensorInfo>>,
): tf.TensorInfo => {
  const { scores, means } = productsOf(heap, sgemm, sizes)
  return heap.scratch(squareOf(sizes), (scratch) => {
    heap.touch(qkv)
    const weights = square(sizes, scratch)
    for (let b = 0; b < sizes.batch; b++) {
      const [q, k, v] = sideBySide(sizes, heap.place(qkv), b)
      scores(q, k, weights)
      shareAll(heap.backend, { ...sizes, weights: weights.place, scale: scaleOf(sizes) })
      means(weights, v, alone(sizes, heap.place(out), b))
    }
    return out
  })
}

/** The gradient of `mixByProducts` by qkv into `out`, which computes the weights again. */
export const pullByProducts = (
  heap: Heap,
  sgemm: Sgemm,
  sizes: Sizes,
  { qkv, dy, out }: Readonly<Record<"qkv" | "dy" | "out", tf.TensorInfo>>,
): tf.TensorInfo => {
  const { scores, means, readers } = productsOf(heap, sgemm, sizes)
  return heap.scratch(2 * squareOf(sizes), (scratch) => {
    heap.touch(qkv)
    heap.touch(dy)
    const weights = square(sizes, scratch)
    const changes = square(sizes, scratch + 4 * squareOf(sizes))
    const shares = { ...sizes, weights: weights.place, scale: scaleOf(sizes) }
    for (let b = 0; b < sizes.batch; b++) {
      const [q, k, v] = sideBySide(sizes, heap.place(qkv), b)
      const [dq, dk, dv] = sideBySide(sizes, heap.place(out), b)
      const change = alone(sizes, heap.place(dy), b)
      scores(q, k, weights)
      shareAll(heap.backend, shares)
      readers(weights, change, dv)
      scores(change, v, changes)
      pullShareAll(heap.backend, { ...shares, changes: changes.place })
      means(changes, k, dq)
      readers(changes, q, dk)
    }
    return out
  })
}

/** Products for every head: a b^T between tokens, a b of weights and tokens, and a^T b of the same. */
const productsOf = (heap: Heap, sgemm: Sgemm, { heads, time, size }: Sizes) => {
  const { memory } = heap.backend.wasm.asm
  const over =
    (sizes: Pick<Product, "m" | "n" | "k" | "transposeA" | "transposeB">) =>
    (a: Heads, b: Heads, out: Heads): void => {
      const product = { ...sizes, strideA: a.stride, strideB: b.stride, strideOut: out.stride }
      for (let h = 0; h < heads; h++)
        sgemm.multiply(memory, product, a.place + h * a.step, b.place + h * b.step, out.place + h * out.step)
    }
  const mix = { m: time, n: size, k: time, transposeB: false }
  return {
    scores: over({ m: time, n: time, k: size, transposeA: false, transposeB: true }),
    means: over({ ...mix, transposeA: false }),
    readers: over({ ...mix, transposeA: true }),
  }
}

/** The elements of a matrix of weights for every head. */
const squareOf = ({ heads, time }: Sizes): number => heads * time * lineOf(time)

const square = ({ time }: Sizes, place: number): Heads => {
  const stride = lineOf(time)
  return { place, step: 4 * time * stride, stride }
}

/** Sample b of `[batch, time, heads size]`. */
const alone = ({ heads, time, size }: Sizes, place: number, b: number): Heads => {
  const stride = heads * size
  return { place: place + 4 * b * time * stride, step: 4 * size, stride }
}

/** Queries, keys and values of sample b of `[batch, time, 3 heads size]`. */
const sideBySide = ({ heads, time, size }: Sizes, place: number, b: number): readonly [Heads, Heads, Heads] => {
  const [width, step] = [heads * size, 4 * size]
  const first = { place: place + 4 * b * time * 3 * width, step, stride: 3 * width }
  return [first, { ...first, place: first.place + 4 * width }, { ...first, place: first.place + 8 * width }]
}
