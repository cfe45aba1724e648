/**
 * Measures the speed of a backend's matrix products, and whether they repeat the same bits.
 */
import { availableParallelism } from "node:os"
import { Worker } from "node:worker_threads"
import { Key } from "../../core/Key.ts"
import { differingBits } from "../../exact/bits.ts"
import { normals } from "../../exact/draws.ts"
import { tf } from "../../tensor/tf.ts"
import type { Measured } from "./Diagnosis.ts"

/** Multiplies on the current backend: about a second alone, and half a second next to a busy thread per core. */
export const measureProducts = async (): Promise<Measured> => {
  const size = await affordable()
  const shape: [number, number] = [size, size]
  const [a, b] = [random(shape, 1), random(shape, 2)]
  const steady = await steadyProducts()
  try {
    let best = await time(a, b, 1)
    // A GPU gets many products per read, or else the latency of the read dominates.
    const count = tf.getBackend() === "webgpu" ? Math.max(1, Math.min(100, Math.floor(20 / best))) : 1
    const end = performance.now() + 700
    while (performance.now() < end) best = Math.min(best, await time(a, b, count))
    await steady.repeat(300)
    const stop = await startLoad()
    try {
      await steady.repeat(500)
    } finally {
      await stop()
    }
    return { gflops: (2 * size ** 3) / best / 1e6, size, ...steady.found() }
  } finally {
    tf.dispose([a, b])
    steady.dispose()
  }
}

/** Milliseconds per product. Reading a value waits for the GPU. */
const time = async (a: tf.Tensor, b: tf.Tensor, count: number): Promise<number> => {
  const start = performance.now()
  const products = Array.from({ length: count }, () => tf.matMul(a, b))
  const corner = products.at(-1)?.slice([0, 0], [1, 1])
  await corner?.data()
  const ms = performance.now() - start
  tf.dispose([...products, corner ?? []])
  return ms / count
}

/** The largest size whose product takes less than a tenth of a second. */
const affordable = async (): Promise<number> => {
  for (const size of [128, 256, 512]) {
    const [a, b] = [random([size, size], 1), random([size, size], 2)]
    const times = [await time(a, b, 1), await time(a, b, 1), await time(a, b, 1)]
    tf.dispose([a, b])
    const ms = Math.min(...times)
    // Twice the size takes eight times the work.
    if (ms * 8 > 100) return size
  }
  return 512
}

/** Products of several shapes (small, tall, batched, transposed), compared with their first results. */
const steadyProducts = async () => {
  const cases = [
    { a: [64, 64], b: [64, 64], transposeA: false, transposeB: false },
    { a: [520, 128], b: [128, 96], transposeA: false, transposeB: false },
    { a: [520, 128], b: [520, 96], transposeA: true, transposeB: false },
    { a: [8, 65, 32], b: [8, 65, 32], transposeA: false, transposeB: true },
    { a: [8, 65, 65], b: [8, 65, 32], transposeA: false, transposeB: false },
    { a: [3, 5], b: [5, 2], transposeA: false, transposeB: false },
    { a: [16, 2100], b: [2100, 16], transposeA: false, transposeB: false },
  ].map(({ a, b, ...flags }, i) => ({ ...flags, a: random(a, 2 * i), b: random(b, 2 * i + 1) }))
  const evaluate = async ({ a, b, transposeA, transposeB }: (typeof cases)[number]): Promise<Float32Array> => {
    const product = tf.matMul(a, b, transposeA, transposeB)
    const values = (await product.data()) as Float32Array // products of float32 are float32
    product.dispose()
    return values
  }
  const first: Float32Array[] = []
  for (const one of cases) first.push((await evaluate(one)).slice())
  let [repeats, differing] = [0, 0]
  return {
    /** Repeats all cases for at least `ms` milliseconds, and at least once. */
    repeat: async (ms: number): Promise<void> => {
      const end = performance.now() + ms
      do {
        for (const [i, one] of cases.entries()) {
          repeats++
          if (differingBits(await evaluate(one), first[i] ?? new Float32Array(0)) > 0) differing++
        }
      } while (performance.now() < end)
    },
    found: () => ({ repeats, differing }),
    dispose: () => tf.dispose(cases.flatMap(({ a, b }) => [a, b])),
  }
}

/** Starts a busy thread per core, and returns the function that stops them. */
const startLoad = async (): Promise<() => Promise<unknown>> => {
  const busy = 'require("node:worker_threads").parentPort.postMessage("busy"); for (;;);'
  const workers = Array.from({ length: availableParallelism() }, () => new Worker(busy, { eval: true }))
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))))
  return () => Promise.all(workers.map((worker) => worker.terminate()))
}

const random = (shape: ReadonlyArray<number>, seed: number): tf.Tensor =>
  tf.tensor(
    normals(
      { key: Key.fromSeed(seed), samples: [0] },
      shape.reduce((n, d) => n * d, 1),
    ),
    [...shape],
  )
