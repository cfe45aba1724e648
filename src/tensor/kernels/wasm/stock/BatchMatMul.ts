/**
 * `BatchMatMul` by a plugged-in sgemm, or else always by XNNPACK. The stock kernel uses XNNPACK only for a single
 * matmul without transposes, and is ten times slower otherwise.
 *
 * An sgemm reads transposed operands in place. For XNNPACK they are transposed first. A batch is computed slice by
 * slice, with each slice registered as a tensor in place on the heap. A batch of left operands with a single right
 * operand is one tall matmul. The same inputs give the same bits, in and out of gradient mode. Batch dimensions
 * broadcast in all combinations; in the stock kernel they do so only if one operand has every batch dimension.
 */
// oxlint-disable typescript/no-non-null-assertion -- every index is in bounds by its loop, and a check there costs
import type { tf } from "../../../tf.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { oncePer } from "../../oncePer.ts"
import { asWasm, fromWasm, type WasmBackend } from "../WasmBackend.ts"
import { implement } from "../../implement.ts"
import { batchMatMul as contract } from "../../spec/stock.ts"
import { ensureRoom } from "../heapLimit.ts"
import { sgemmFor } from "../sgemm.ts"
import { swapLast } from "./Transpose.ts"

export const batchMatMul = implement(contract, "wasm", asWasm, (backend, { a, b }, { transposeA, transposeB }) => {
  if (a.dtype !== "float32" || b.dtype !== "float32")
    throw new Error(
      `matMul on wasm requires float32 inputs, but got ${a.dtype} and ${b.dtype}. Cast them with toFloat().`,
    )
  return matMul(backend, a, b, transposeA, transposeB)
})

/** Computes op(a) op(b) for every position of the batch. */
export const matMul = (
  backend: WasmBackend,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): tf.TensorInfo => {
  const sizes = sizesOf(a, b, transposeA, transposeB)
  const { m, k, n } = sizes
  const rows = transposeA ? m : tall(a, b, sizes)
  const sgemm = sgemmFor(rows, k, n)
  if (sgemm !== null) {
    const { memory } = backend.wasm.asm
    const strides = { strideA: transposeA ? m : k, strideB: transposeB ? k : n, strideOut: n }
    const one = { m: rows, k, n, transposeA, transposeB, ...strides }
    return multiply(backend, a, b, sizes, rows, (pa, pb, po) => sgemm.multiply(memory, one, pa, pb, po))
  }
  const temporary: tf.TensorInfo[] = []
  const keep = (x: tf.TensorInfo) => (temporary.push(x), x)
  const swapped = (x: tf.TensorInfo) => keep(swapLast(backend, x))
  const plain = (x: tf.TensorInfo, y: tf.TensorInfo) => {
    const straight = sizesOf(x, y, false, false)
    const height = tall(x, y, straight)
    return multiply(backend, x, y, straight, height, product(backend, height, straight.k, straight.n))
  }
  try {
    if (transposeA && !transposeB && reversedIsCheaper(a, b)) return swapLast(backend, keep(plain(swapped(b), a)))
    return plain(transposeA ? swapped(a) : a, transposeB ? swapped(b) : b)
  } finally {
    for (const x of temporary) backend.disposeData(x.dataId)
  }
}

/** The sizes of one slice: [m, k] by [k, n]. */
interface Sizes {
  readonly m: number
  readonly k: number
  readonly n: number
}

const sizesOf = (a: tf.TensorInfo, b: tf.TensorInfo, transposeA: boolean, transposeB: boolean): Sizes => {
  const [p, q] = matrix(a)
  const [r, s] = matrix(b)
  const [m, k] = transposeA ? [q, p] : [p, q]
  const [kb, n] = transposeB ? [s, r] : [r, s]
  if (k !== kb) {
    throw new Error(`matMul cannot multiply [${a.shape}] by [${b.shape}]: the inner sizes are ${k} and ${kb}.`)
  }
  return { m, k, n }
}

/** Returns the rows of one matmul: all rows of a if a single right operand serves every slice. */
const tall = (a: tf.TensorInfo, b: tf.TensorInfo, { m, k, n }: Sizes): number =>
  k > 0 && sizeOf(b.shape) === k * n ? sizeOf(a.shape) / k : m

/**
 * Returns whether a^T b, the shape of every weight gradient, is faster as (b^T a)^T: XNNPACK packs the right operand at
 * 5 ns per element, and transposing takes 1 ns.
 */
const reversedIsCheaper = (a: tf.TensorInfo, b: tf.TensorInfo): boolean => {
  const [k, m] = matrix(a)
  const [, n] = matrix(b)
  return 4 * k * (n - m) > m * n
}

/** Ids that tfjs, which counts up from 1, will not reach. Each is registered only while one slice is multiplied. */
const LEFT = 2 ** 31 - 1
const RIGHT = 2 ** 31 - 2
const OUT = 2 ** 31 - 3

/** Multiplies slice by slice, or `rows` rows in one matmul; `one` computes that matmul. */
const multiply = (
  backend: WasmBackend,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { m, k, n }: Sizes,
  rows: number,
  one: Multiply,
): tf.TensorInfo => {
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const access = fromWasm(backend)
  const out = access.output([...batch.shape, m, n], "float32")
  access.touch(a)
  access.touch(b)
  if (sizeOf(out.shape) === 0) return out
  if (k === 0) {
    access.view(out).fill(0)
    return out
  }
  const at = (x: tf.TensorInfo) => backend.dataIdMap.get(x.dataId).memoryOffset
  const [pa, pb, po] = [at(a), at(b), at(out)]
  if (rows * n === sizeOf(out.shape)) one(pa, pb, po)
  else batch.slices.forEach(([i, j], s) => one(pa + 4 * i * m * k, pb + 4 * j * k * n, po + 4 * s * m * n))
  return out
}

const matrix = (x: tf.TensorInfo): readonly [number, number] => [x.shape.at(-2) ?? 1, x.shape.at(-1) ?? 1]

interface Batch {
  readonly shape: readonly number[]
  readonly slices: readonly (readonly [number, number])[]
}

/** A batch without batch dimensions. */
const ONE: Batch = { shape: [], slices: [[0, 0]] }

/** Returns the batch shape, and the indices of the left and the right slice for each position in it. */
const broadcast = (a: readonly number[], b: readonly number[]): Batch => {
  if (a.length === 0 && b.length === 0) return ONE
  const rank = Math.max(a.length, b.length)
  const padded = (shape: readonly number[]) => [...new Array<number>(rank - shape.length).fill(1), ...shape]
  const [pa, pb] = [padded(a), padded(b)]
  const shape = pa.map((d, axis) => (d === 1 ? pb[axis]! : d))
  if (pb.some((d, axis) => d !== 1 && d !== shape[axis])) {
    throw new Error(`matMul cannot broadcast the batches [${a}] and [${b}]: their sizes must be equal or 1.`)
  }
  let slices: (readonly [number, number])[] = [[0, 0]]
  shape.forEach((size, axis) => {
    slices = slices.flatMap(([i, j]) =>
      Array.from(
        { length: size },
        (_, s) => [pa[axis] === 1 ? i : i * size + s, pb[axis] === 1 ? j : j * size + s] as const,
      ),
    )
  })
  return { shape, slices }
}

/** Multiplies [m, k] by [k, n] at byte addresses of the heap. */
export type Multiply = (a: number, b: number, out: number) => void

/**
 * Both implementations add the float32 terms in the order of k. They give the same bits, so the choice affects only
 * speed.
 */
export const product = (backend: WasmBackend, m: number, k: number, n: number): Multiply => {
  if (m * n * k <= 1024) return loop(backend, m, k, n)
  // XNNPACK packs the right operand.
  ensureRoom(backend, 4 * k * n)
  return xnnpack(backend, m, k, n)
}

/** For small matmuls, in which the call into wasm, 2 us, takes longer than the arithmetic. */
const loop = (backend: WasmBackend, m: number, k: number, n: number): Multiply => {
  const heap = new Float32Array(backend.wasm.HEAPU8.buffer)
  return (byteA, byteB, byteOut) => {
    const [a, b, out] = [byteA / 4, byteB / 4, byteOut / 4]
    heap.fill(0, out, out + m * n)
    for (let i = 0; i < m; i++) {
      const y = out + i * n
      for (let l = 0; l < k; l++) {
        const x = heap[a + i * k + l]!
        const row = b + l * n
        for (let j = 0; j < n; j++) heap[y + j] = heap[y + j]! + Math.fround(x * heap[row + j]!)
      }
    }
  }
}

const xnnpack = (backend: WasmBackend, m: number, k: number, n: number): Multiply => {
  const { tfjs } = backend.wasm
  const raw = stockProduct(backend)
  const shapeA = bytes([1, m, k])
  const shapeB = bytes([1, k, n])
  return (a, b, out) => {
    tfjs.registerTensor(LEFT, m * k, a)
    tfjs.registerTensor(RIGHT, k * n, b)
    tfjs.registerTensor(OUT, m * n, out)
    raw(LEFT, shapeA, 3, RIGHT, shapeB, 3, 0, 0, OUT)
    // This also frees the packed copy of the right operand, which XNNPACK's wrapper keeps by id.
    tfjs.disposeData(RIGHT)
    tfjs.disposeData(LEFT)
    tfjs.disposeData(OUT)
  }
}

const bytes = (shape: readonly number[]) => new Uint8Array(new Int32Array(shape).buffer)

const stockProduct = oncePer((backend: WasmBackend) => {
  const n = "number"
  return backend.wasm.cwrap("BatchMatMul", null, [n, "array", n, n, "array", n, n, n, n])
})
