/**
 * Attention whose products a plugged-in sgemm does, in place on queries, keys and values as they stand; the softmax between them stays in
 * lanes. As many heads of one sample are done at a time as have few enough weights to stay near, and at least one.
 */
import type { tf } from "../../tf.ts"
import type { Product, Sgemm } from "./sgemm.ts"
import { lineOf, maskPlace, pullShareAll, scaleOf, shareAll, tokensOf, type sizesOf } from "./heads.ts"
import type { Heap } from "./Heap.ts"

// ---------------------------------------------------------------- model

type Sizes = ReturnType<typeof sizesOf>

/** A matrix of every head of every sample. */
interface Heads {
  /** Where the first one starts, and how far on that of the next sample and of the next head are, in bytes. */
  readonly place: number
  readonly sample: number
  readonly head: number
  /** How many heads there are before they begin again with the first. */
  readonly heads: number
  /** The distance of rows in elements. */
  readonly stride: number
}

/** Does something for `count` heads of one sample. */
type Round = (sample: number, first: number, count: number) => void

/** The mask of all samples, where not all tokens are seen. */
interface Masked {
  readonly mask: tf.TensorInfo | undefined
}

/** The weights that are kept near, as numbers: 256 KiB of them. */
const NEAR = 2 ** 16

// --------------------------------------------------------- constructors

/** y = softmax(q k^T / sqrt(size)) v into `out`. */
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

/** The gradient of `mixByProducts` by qkv into `out`, which computes the weights again. */
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

/** Walks over all samples and heads. */
const inRounds = (sizes: Sizes, round: Round): void => {
  const { batch, heads } = sizes
  const most = together(sizes)
  for (let sample = 0; sample < batch; sample++)
    for (let first = 0; first < heads; first += most) round(sample, first, Math.min(most, heads - first))
}

/** The sizes of one product, and which of its sides are turned. */
type Form = Pick<Product, "m" | "n" | "k" | "transposeA" | "transposeB">

/** a b^T between tokens. */
const scoring = ({ time, size }: Sizes): Form => ({ m: time, n: time, k: size, transposeA: false, transposeB: true })

/** a b of weights and tokens, or a^T b. */
const weighing = ({ time, size }: Sizes, transposeA: boolean): Form => ({
  ...{ m: time, n: size, k: time },
  ...{ transposeA, transposeB: false },
})

/** A product for each head. */
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

/** The softmax of scores, in place. */
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

/** Its gradient, in place of the cotangents of the weights. */
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

/** How many heads are done at a time. */
const together = ({ heads, time }: Sizes): number =>
  Math.max(1, Math.min(heads, Math.floor(NEAR / (time * lineOf(time)))))

/** The elements of a matrix of weights for every head of a round. */
const squaresOf = (sizes: Sizes): number => together(sizes) * sizes.time * lineOf(sizes.time)

/** Matrices of weights for the heads of a round, which those of the next round take the places of. */
const squares = (sizes: Sizes, place: number): Heads => {
  const stride = lineOf(sizes.time)
  return { place, sample: 0, head: 4 * sizes.time * stride, heads: together(sizes), stride }
}

/** The heads in `[batch, time, heads size]`. */
const alone = ({ heads, time, size }: Sizes, place: number): Heads => {
  const stride = heads * size
  return { place, sample: 4 * time * stride, head: 4 * size, heads, stride }
}

/** Queries, keys and values in `[batch, time, 3 heads size]`. */
const sideBySide = ({ heads, time, size }: Sizes, place: number): readonly [Heads, Heads, Heads] => {
  const stride = 3 * heads * size
  const q = { place, sample: 4 * time * stride, head: 4 * size, heads, stride }
  return [q, { ...q, place: place + 4 * heads * size }, { ...q, place: place + 8 * heads * size }]
}
