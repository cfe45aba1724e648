/**
 * Attention whose products a plugged-in sgemm does, in place on queries, keys and values as they stand; the softmax between them stays in
 * lanes. As many heads of one sample are done at a time as have few enough weights to stay near, and at least one.
 */
import type { tf } from "../../tf.ts"
import type { Product, Sgemm } from "../wasm/sgemm.ts"
import { lineOf, maskPlace, pullShareAll, scaleOf, shareAll, type sizesOf, type Tokens } from "./attention.ts"
import type { Heap } from "./Routine.ts"

// ---------------------------------------------------------------- model

type Sizes = ReturnType<typeof sizesOf>

/** A matrix of every head of one sample: the place of the first, in bytes, how far on the next one is, and the distance of rows in elements. */
interface Heads {
  readonly place: number
  readonly step: number
  readonly stride: number
}

/** Some heads of one sample, and how to multiply for each of them. */
interface Round {
  readonly sample: number
  readonly first: number
  readonly heads: number
  readonly scores: Multiply
  readonly means: Multiply
  readonly readers: Multiply
}

/** The mask of all samples, where not all tokens are seen. */
interface Masked {
  readonly mask: tf.TensorInfo | null
}

type Multiply = (a: Heads, b: Heads, out: Heads) => void

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
    const masks = maskPlace(heap, mask)
    const weights = square(sizes, scratch)
    inRounds(heap, sgemm, sizes, (round) => {
      const [q, k, v] = sideBySide(sizes, heap.place(qkv), round)
      round.scores(q, k, weights)
      shareAll[tokensOf(mask)](heap.backend, {
        ...{ ...sizes, heads: round.heads, weights: weights.place, scale: scaleOf(sizes) },
        mask: masks + 4 * round.sample * sizes.time,
      })
      round.means(weights, v, alone(sizes, heap.place(out), round))
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
    const masks = maskPlace(heap, mask)
    const weights = square(sizes, scratch)
    const changes = square(sizes, scratch + 4 * squaresOf(sizes))
    inRounds(heap, sgemm, sizes, (round) => {
      const shares = {
        ...{ ...sizes, heads: round.heads, weights: weights.place, scale: scaleOf(sizes) },
        mask: masks + 4 * round.sample * sizes.time,
      }
      const [q, k, v] = sideBySide(sizes, heap.place(qkv), round)
      const [dq, dk, dv] = sideBySide(sizes, heap.place(out), round)
      const change = alone(sizes, heap.place(dy), round)
      round.scores(q, k, weights)
      shareAll[tokensOf(mask)](heap.backend, shares)
      round.readers(weights, change, dv)
      round.scores(change, v, changes)
      pullShareAll[tokensOf(mask)](heap.backend, { ...shares, changes: changes.place })
      round.means(changes, k, dq)
      round.readers(changes, q, dk)
    })
    return out
  })

const tokensOf = (mask: tf.TensorInfo | null): Tokens => (mask === null ? "all" : "seen")

/** Walks over all samples and heads. Products are a b^T between tokens, a b of weights and tokens, and a^T b of the same. */
const inRounds = (heap: Heap, sgemm: Sgemm, sizes: Sizes, body: (round: Round) => void): void => {
  const { batch, heads, time, size } = sizes
  const { memory } = heap.backend.wasm.asm
  const over =
    (count: number, product: Pick<Product, "m" | "n" | "k" | "transposeA" | "transposeB">): Multiply =>
    (a, b, out) => {
      const strided = { ...product, strideA: a.stride, strideB: b.stride, strideOut: out.stride }
      for (let h = 0; h < count; h++)
        sgemm.multiply(memory, strided, a.place + h * a.step, b.place + h * b.step, out.place + h * out.step)
    }
  const mix = { m: time, n: size, k: time, transposeB: false }
  const most = together(sizes)
  for (let sample = 0; sample < batch; sample++)
    for (let first = 0; first < heads; first += most) {
      const count = Math.min(most, heads - first)
      body({
        ...{ sample, first, heads: count },
        scores: over(count, { m: time, n: time, k: size, transposeA: false, transposeB: true }),
        means: over(count, { ...mix, transposeA: false }),
        readers: over(count, { ...mix, transposeA: true }),
      })
    }
}

/** How many heads are done at a time. */
const together = ({ heads, time }: Sizes): number =>
  Math.max(1, Math.min(heads, Math.floor(NEAR / (time * lineOf(time)))))

/** The elements of a matrix of weights for every head of a round. */
const squaresOf = (sizes: Sizes): number => together(sizes) * sizes.time * lineOf(sizes.time)

const square = ({ time }: Sizes, place: number): Heads => {
  const stride = lineOf(time)
  return { place, step: 4 * time * stride, stride }
}

/** The heads of a round in `[batch, time, heads size]`. */
const alone = ({ heads, time, size }: Sizes, place: number, { sample, first }: Round): Heads => {
  const stride = heads * size
  return { place: place + 4 * (sample * time * stride + first * size), step: 4 * size, stride }
}

/** Their queries, keys and values in `[batch, time, 3 heads size]`. */
const sideBySide = (
  { heads, time, size }: Sizes,
  place: number,
  { sample, first }: Round,
): readonly [Heads, Heads, Heads] => {
  const width = heads * size
  const q = { place: place + 4 * (sample * time * 3 * width + first * size), step: 4 * size, stride: 3 * width }
  return [q, { ...q, place: q.place + 4 * width }, { ...q, place: q.place + 8 * width }]
}
