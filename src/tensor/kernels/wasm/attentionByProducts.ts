/**
 * Attention whose matmuls a plugged-in sgemm computes in place on the concatenated queries, keys and values. The
 * softmax between them runs in lanes. The heads of a sample are processed in groups whose weights fit into the cache,
 * at least one head at a time.
 */
import type { tf } from "../../tf.ts"
import type { Product, Sgemm } from "./sgemm.ts"
import { lineOf, maskPlace, pullShareAll, scaleOf, shareAll, tokensOf, type sizesOf } from "./heads.ts"
import type { Heap } from "./Heap.ts"

// ---------------------------------------------------------------- model

type Sizes = ReturnType<typeof sizesOf>

/** One matrix for each head of each sample. */
interface Heads {
  /**
   * The byte address of the first matrix, and the distances in bytes to that of the next sample and of the next head.
   */
  readonly place: number
  readonly sample: number
  readonly head: number
  /** The number of heads after which the matrices repeat from the first. */
  readonly heads: number
  /** The distance between rows in elements. */
  readonly stride: number
}

/** Processes `count` heads of one sample. */
type Round = (sample: number, first: number, count: number) => void

/** The mask of all samples, if there is padding. */
interface Masked {
  readonly mask: tf.TensorInfo | undefined
}

/** The number of weights that stay in the cache, 256 KiB. */
const NEAR = 2 ** 16

// --------------------------------------------------------- constructors

/** Computes y = softmax(q k^T / sqrt(size)) v into `out`. */
export const mixByProducts = (
  heap: Heap,
  sgemm: Sgemm,
  sizes: Sizes,
  { qkv, out, mask }: Readonly<Record<"qkv" | "out", tf.TensorInfo>> & Masked,
): tf.TensorInfo =>
  heap.scratch(squaresOf(sizes), (scratch) => {
    heap.touch(qkv)
    const [q, k, v] = sideBySide(sizes, heap.place(qkv))
    const weights = squares(sizes, scratch)
    const scores = each(heap, sgemm, scoring(sizes), q, k, weights)
    const share = sharing(heap, sizes, weights, mask)
    const means = each(heap, sgemm, weighing(sizes, false), weights, v, alone(sizes, heap.place(out)))
    inRounds(sizes, (sample, first, count) => {
      scores(sample, first, count)
      share(sample, first, count)
      means(sample, first, count)
    })
    return out
  })

/** Computes the gradient of `mixByProducts` with respect to qkv into `out`. It recomputes the weights. */
export const pullByProducts = (
  heap: Heap,
  sgemm: Sgemm,
  sizes: Sizes,
  { qkv, dy, out, mask }: Readonly<Record<"qkv" | "dy" | "out", tf.TensorInfo>> & Masked,
): tf.TensorInfo =>
  heap.scratch(2 * squaresOf(sizes), (scratch) => {
    heap.touch(qkv)
    heap.touch(dy)
    const [q, k, v] = sideBySide(sizes, heap.place(qkv))
    const [dq, dk, dv] = sideBySide(sizes, heap.place(out))
    const change = alone(sizes, heap.place(dy))
    const weights = squares(sizes, scratch)
    const changes = squares(sizes, scratch + 4 * squaresOf(sizes))
    const scores = each(heap, sgemm, scoring(sizes), q, k, weights)
    const share = sharing(heap, sizes, weights, mask)
    const values = each(heap, sgemm, weighing(sizes, true), weights, change, dv)
    const shares = each(heap, sgemm, scoring(sizes), change, v, changes)
    const pull = pulling(heap, sizes, weights, changes, mask)
    const queries = each(heap, sgemm, weighing(sizes, false), changes, k, dq)
    const keys = each(heap, sgemm, weighing(sizes, true), changes, q, dk)
    inRounds(sizes, (sample, first, count) => {
      scores(sample, first, count)
      share(sample, first, count)
      values(sample, first, count)
      shares(sample, first, count)
      pull(sample, first, count)
      queries(sample, first, count)
      keys(sample, first, count)
    })
    return out
  })

/** Runs `round` for all samples and heads. */
const inRounds = (sizes: Sizes, round: Round): void => {
  const { batch, heads } = sizes
  const most = together(sizes)
  for (let sample = 0; sample < batch; sample++)
    for (let first = 0; first < heads; first += most) round(sample, first, Math.min(most, heads - first))
}

/** The sizes of one matmul, and which of its operands are transposed. */
type Form = Pick<Product, "m" | "n" | "k" | "transposeA" | "transposeB">

/** Returns the form of a b^T between tokens. */
const scoring = ({ time, size }: Sizes): Form => ({ m: time, n: time, k: size, transposeA: false, transposeB: true })

/** Returns the form of a b, or of a^T b, for weights a and tokens b. */
const weighing = ({ time, size }: Sizes, transposeA: boolean): Form => ({
  ...{ m: time, n: size, k: time },
  ...{ transposeA, transposeB: false },
})

/** Returns a round that computes one matmul per head. */
const each = ({ backend }: Heap, sgemm: Sgemm, form: Form, a: Heads, b: Heads, out: Heads): Round => {
  const { memory } = backend.wasm.asm
  const product = { ...form, strideA: a.stride, strideB: b.stride, strideOut: out.stride }
  return (sample, first, count) => {
    for (let head = first; head < first + count; head++)
      sgemm.multiply(memory, product, at(a, sample, head), at(b, sample, head), at(out, sample, head))
  }
}

const at = ({ place, sample, head, heads }: Heads, s: number, h: number): number =>
  place + s * sample + (h % heads) * head

/** Returns a round that computes the softmax of the scores in place. */
const sharing = (heap: Heap, sizes: Sizes, weights: Heads, mask: tf.TensorInfo | undefined): Round => {
  const share = shareAll[tokensOf(mask)]
  const masks = maskPlace(heap, mask)
  const values = { ...sizes, weights: weights.place, scale: scaleOf(sizes), mask: masks }
  return (sample, _, count) => {
    values.heads = count
    values.mask = masks + 4 * sample * sizes.time
    share(heap.backend, values)
  }
}

/** Returns a round that computes the gradient of that softmax, which overwrites the cotangents of the weights. */
const pulling = (heap: Heap, sizes: Sizes, weights: Heads, changes: Heads, mask: tf.TensorInfo | undefined): Round => {
  const pull = pullShareAll[tokensOf(mask)]
  const masks = maskPlace(heap, mask)
  const places = { weights: weights.place, changes: changes.place, mask: masks }
  const values = { ...sizes, ...places, scale: scaleOf(sizes) }
  return (sample, _, count) => {
    values.heads = count
    values.mask = masks + 4 * sample * sizes.time
    pull(heap.backend, values)
  }
}

/** Returns how many heads a round processes. */
const together = ({ heads, time }: Sizes): number =>
  Math.max(1, Math.min(heads, Math.floor(NEAR / (time * lineOf(time)))))

/** Returns the number of elements of the weights of a round. */
const squaresOf = (sizes: Sizes): number => together(sizes) * sizes.time * lineOf(sizes.time)

/** Returns the matrices of weights for the heads of a round. Those of the next round overwrite them. */
const squares = (sizes: Sizes, place: number): Heads => {
  const stride = lineOf(sizes.time)
  return { place, sample: 0, head: 4 * sizes.time * stride, heads: together(sizes), stride }
}

/** Returns the heads of `[batch, time, heads size]`. */
const alone = ({ heads, time, size }: Sizes, place: number): Heads => {
  const stride = heads * size
  return { place, sample: 4 * time * stride, head: 4 * size, heads, stride }
}

/** Returns queries, keys and values of `[batch, time, 3 heads size]`. */
const sideBySide = ({ heads, time, size }: Sizes, place: number): readonly [Heads, Heads, Heads] => {
  const stride = 3 * heads * size
  const q = { place, sample: 4 * time * stride, head: 4 * size, heads, stride }
  return [q, { ...q, place: place + 4 * heads * size }, { ...q, place: place + 8 * heads * size }]
}
