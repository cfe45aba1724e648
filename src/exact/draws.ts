/**
 * Random numbers by key and sample id, in the counter layout of TensorFlow's stateless Philox.
 *
 * The sample with global id g owns the counter blocks g m .. g m + m - 1, where m blocks of four words are enough for
 * one sample. So a draw does not depend on the position of the sample in the batch.
 */
import type { Draw } from "../core/Draw.ts"
import type { Key } from "../core/Key.ts"
import { philox } from "../core/Philox.ts"

// --------------------------------------------------------- constructors

/**
 * Draws `perSample` words for each sample, one sample after the other. Throws `RangeError` unless sample ids are
 * integers from 0 to 2^53 - 1.
 */
export const words = ({ key, samples }: Draw, perSample: number): Uint32Array => {
  if (!Number.isSafeInteger(perSample) || perSample < 0)
    throw new RangeError(`The number of words per sample must be an integer of at least 0, not ${perSample}.`)
  const blocks = Math.ceil(perSample / 4)
  const out = new Uint32Array(samples.length * perSample)
  const block = new Uint32Array(4)
  for (const [place, sample] of samples.entries()) {
    const [low, high] = firstBlock(sample, blocks)
    for (let i = 0; i < blocks; i++) {
      const count = low + i
      philox(block, 0, key.low, key.high, [count >>> 0, (high + Math.floor(count / 2 ** 32)) >>> 0, 0, 0])
      const left = perSample - 4 * i
      out.set(left < 4 ? block.subarray(0, left) : block, place * perSample + 4 * i)
    }
  }
  return out
}

/**
 * Returns the first counter block of a sample that owns `blocks` of them: `sample * blocks` modulo 2^64, in two
 * unsigned 32-bit words. Throws `RangeError` unless the sample id is an integer from 0 to 2^53 - 1.
 */
export const firstBlock = (sample: number, blocks: number): readonly [low: number, high: number] => {
  if (!Number.isSafeInteger(sample) || sample < 0)
    throw new RangeError(`Sample ids must be integers from 0 to 2^53 - 1, not ${sample}.`)
  const first = sample * blocks
  if (first <= Number.MAX_SAFE_INTEGER) return [first >>> 0, Math.floor(first / 2 ** 32)]
  const exact = BigInt(sample) * BigInt(blocks)
  return [Number(BigInt.asUintN(32, exact)), Number(BigInt.asUintN(32, exact >> 32n))]
}

/** Draws uniform float32 values in [0, 1): 23 bits of a word are the fraction of a number in [1, 2), minus 1. */
export const uniforms = (draw: Draw, perSample: number): Float32Array => {
  const drawn = words(draw, perSample)
  for (let i = 0; i < drawn.length; i++) drawn[i] = ((drawn[i] ?? 0) & 0x7fffff) | 0x3f800000
  const floats = new Float32Array(drawn.buffer)
  for (let i = 0; i < floats.length; i++) floats[i] = (floats[i] ?? 0) - 1
  return floats
}

/** Draws normal float32 values of mean 0 and variance 1, by Box and Muller (1958) on pairs of words. */
export const normals = (draw: Draw, perSample: number): Float32Array => {
  const pairs = Math.ceil(perSample / 2)
  const drawn = words(draw, 2 * pairs)
  const out = new Float32Array(draw.samples.length * perSample)
  for (let sample = 0; sample < draw.samples.length; sample++) {
    for (let i = 0; i < perSample; i++) {
      const at = 2 * pairs * sample + 2 * (i >> 1)
      const radius = Math.sqrt(-2 * Math.log(((drawn[at] ?? 0) + 1) / 2 ** 32))
      const angle = (2 * Math.PI * (drawn[at + 1] ?? 0)) / 2 ** 32
      out[sample * perSample + i] = radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle))
    }
  }
  return out
}

/** Returns a random permutation of the numbers 0 to `length` - 1, by Fisher and Yates. */
export const permutation = (key: Key, length: number): ReadonlyArray<number> => {
  const drawn = words({ key, samples: [0] }, length)
  const order = Array.from({ length }, (_, i) => i)
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(((drawn[i] ?? 0) * (i + 1)) / 2 ** 32)
    const [here = 0, there = 0] = [order[i], order[j]]
    order[i] = there
    order[j] = here
  }
  return order
}

/** Draws BDIA's gamma: +1/2 or -1/2 for each sample, each with probability 1/2. */
export const gammas = (draw: Draw): ReadonlyArray<number> =>
  Array.from(words(draw, 1), (word) => ((word & 1) === 0 ? 0.5 : -0.5))
