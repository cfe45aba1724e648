/**
 * Matrix products of the BLAS that `npx bijou setup blas` has set up, on the heap of wasm.
 */
// oxlint-disable typescript/no-non-null-assertion -- a wrong index makes NaN here, and NaN fails the test
import fc from "fast-check"
import { useNative } from "bijou/native"
import { tf, useBackend } from "bijou/tensor"
import { beforeAll, describe, expect, it } from "vitest"
import { setSgemm } from "../../src/tensor/kernels/wasm/sgemm.ts"
import { countingBlas, whySkipped } from "../support/blas.ts"
import { bitsOf, noise } from "../support/specimens.ts"

const blas = await countingBlas()

/** The number of products that the BLAS computes while `body` runs. */
const products = (body: () => void): number => {
  const before = blas?.products() ?? 0
  tf.tidy(body)
  return (blas?.products() ?? 0) - before
}

describe.skipIf(blas === null)(`products by a BLAS${blas === null ? ` (${whySkipped})` : `, ${blas.name}`}`, () => {
  beforeAll(() => useBackend("wasm"))

  const sizes = fc.record({
    m: fc.integer({ min: 1, max: 70 }),
    k: fc.integer({ min: 1, max: 150 }),
    n: fc.integer({ min: 1, max: 70 }),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    // [batch of a, batch of b]
    batches: fc.constantFrom<readonly [readonly number[], readonly number[]]>(
      [[], []],
      [[3], [3]],
      [[3], [1]],
      [[1], [3]],
      [
        [2, 1],
        [1, 2],
      ],
    ),
    seed: fc.nat(),
  })

  it("are within 1e-6 of float64, relative to the sum of |terms|, and have the same bits twice and in gradient mode", () =>
    fc.assert(
      fc.property(sizes, ({ m, k, n, transposeA, transposeB, batches: [batchA, batchB], seed }) => {
        const a = noise([...batchA, ...(transposeA ? [k, m] : [m, k])], seed)
        const b = noise([...batchB, ...(transposeB ? [n, k] : [k, n])], seed + 1)
        const multiply = () => tf.matMul(a, b, transposeA, transposeB)
        const out = multiply()
        const [x, y, z] = [a.dataSync(), b.dataSync(), out.dataSync()]
        const slices = out.size / (m * n)
        for (let s = 0; s < slices; s++) {
          // Batches of two axes broadcast: [2, 1] by [1, 2] has places (i, j).
          const [i, j] = batchA.length === 2 ? [s >> 1, s & 1] : [s, s]
          const oa = batchA.includes(3) || batchA.length === 2 ? i * m * k : 0
          const ob = batchB.includes(3) || batchB.length === 2 ? j * k * n : 0
          for (let p = 0; p < m; p++)
            for (let q = 0; q < n; q++) {
              let [sum, size] = [0, 0]
              for (let l = 0; l < k; l++) {
                const term =
                  x[oa + (transposeA ? l * m + p : p * k + l)]! * y[ob + (transposeB ? q * k + l : l * n + q)]!
                sum += term
                size += Math.abs(term)
              }
              expect(Math.abs(z[(s * m + p) * n + q]! - sum)).toBeLessThanOrEqual(1e-6 * size)
            }
        }
        const bits = bitsOf(out)
        expect(bitsOf(multiply())).toEqual(bits)
        let inGradient: Uint32Array | null = null
        const watched = tf.customGrad((v) => {
          const value = tf.matMul(v as tf.Tensor, b, transposeA, transposeB)
          inGradient = bitsOf(value)
          return { value, gradFunc: () => tf.zerosLike(a) }
        })
        tf.grad((v) => watched(v).sum())(a)
        expect(inGradient).toEqual(bits)
        tf.dispose([a, b, out])
      }),
      { numRuns: 60, seed: 1 },
    ))

  it("are those of at least 1,024 multiplications, whatever was measured: the shape decides", () => {
    expect(products(() => tf.matMul(noise([8, 16], 1), noise([16, 8], 2)))).toBe(1)
    expect(products(() => tf.matMul(noise([8, 16], 1), noise([16, 7], 2)))).toBe(0)
    // One right operand for all is one tall product, unless the left operands are transposed.
    expect(products(() => tf.matMul(noise([5, 8, 16], 1), noise([1, 16, 8], 2)))).toBe(1)
    expect(products(() => tf.matMul(noise([5, 16, 8], 1), noise([1, 16, 8], 2), true))).toBe(5)
    expect(products(() => tf.matMul(noise([5, 8, 16], 1), noise([5, 8, 16], 2), false, true))).toBe(5)
    // So do both gradients.
    expect(products(() => tf.grads((x, y) => tf.matMul(x!, y!))([noise([8, 16], 1), noise([16, 8], 2)]))).toBe(3)
  })

  it("have the same bits after the heap has grown, and with other products between them", () => {
    const [a, b] = [noise([130, 70], 3), noise([70, 90], 4)]
    const bits = bitsOf(tf.matMul(a, b))
    // Private in tfjs.
    const memory = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length
    const before = memory()
    tf.tidy(() => {
      const large = Array.from({ length: 4 }, () => tf.zeros([2 ** 22]))
      expect(memory()).toBeGreaterThan(before)
      expect(bitsOf(tf.matMul(a, b))).toEqual(bits)
      tf.dispose(large)
    })
    for (let i = 1; i < 100; i++) {
      tf.tidy(() => tf.matMul(noise([i, 70], i), noise([70, 128 - i], i)))
      const again = tf.matMul(a, b)
      expect(bitsOf(again)).toEqual(bits)
      again.dispose()
    }
    tf.dispose([a, b])
  })

  it("keep NaN and infinity, and do not read their output", () => {
    const a = tf.tensor2d([NaN, 1, Infinity, 1], [2, 2]).tile([1, 32])
    const out = tf.matMul(a, tf.ones([64, 16])).dataSync()
    expect([out[0], out[16]]).toEqual([NaN, Infinity])
  })

  it("fall back to XNNPACK when the BLAS is removed, with other bits within the same distance", async () => {
    const [a, b] = [noise([65, 128], 5), noise([128, 65], 6)]
    const native = tf.matMul(a, b)
    setSgemm(null)
    try {
      const counted = products(() => {
        const plain = tf.matMul(a, b)
        expect(plain.sub(native).abs().max().dataSync()[0]).toBeLessThan(1e-4)
      })
      expect(counted).toBe(0)
    } finally {
      expect(await useNative()).toBe(blas?.name)
      tf.dispose([a, b, native])
    }
  })

  it("keep the number of threads for the whole process", async () => {
    await expect(useNative({ threads: 977 })).rejects.toThrow(/which is fixed: 977 would compute other bits/)
    await expect(useNative({ threads: 0 })).rejects.toThrow("threads must be an integer of at least 1, not 0.")
  })
})
