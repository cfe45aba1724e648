/**
 * Exact division: proved completely on numbers, and tested on arrays and tensors.
 */
import { differingBits, float32Space, numberSpace } from "bijou"
import { tensorSpace, tf, useBackend } from "bijou/tensor"
import { describe, expect, it } from "vitest"

describe("for every n < d <= 16", () => {
  /**
   * A step is two divisions: k = q d + r and B d + r = B' n + t, then k' = q n + t. Each is undone by a multiplication
   * and an addition of integers, and the numbers are below 2^24. So only quotient and remainder need to be proved
   * correct.
   */
  it("quotient and remainder are right for all k with |k| < 2^24", () => {
    const { divide } = numberSpace(0)
    let wrong = 0
    for (let d = 2; d <= 16; d++)
      for (let k = 1 - 2 ** 24; k < 2 ** 24; k++) {
        const [q, r] = divide(d, k)
        if (q * d + r !== k || r < 0 || r >= d || !Number.isInteger(q)) wrong++
      }
    expect(wrong).toBe(0)
  })

  it("a float32 product with the reciprocal, rounded, is the quotient of every multiple below 2^24", () => {
    const wrong: number[] = []
    for (let d = 2; d <= 16; d++) {
      const reciprocal = Math.fround(1 / d)
      for (let q = 0; q * d < 2 ** 24; q++) if (Math.round(Math.fround(q * d * reciprocal)) !== q) wrong.push(d)
    }
    expect(wrong).toEqual([])
  })
})

/** Integers over the range of float32's 24 bits, including both ends. */
const spread = Float32Array.from({ length: 4096 }, (_, i) => Math.round(((i - 2047.5) * (2 ** 24 - 1)) / 2047.5))

it("Float32Arrays have the bits of numbers", () => {
  const [numbers, floats] = [numberSpace(0), float32Space(0)]
  for (const d of [2, 3, 5, 7, 10, 16, 1000, 4096]) {
    const [q, r] = floats.divide(d, spread)
    const one = [...spread].map((k) => numbers.divide(d, k))
    expect(
      differingBits(
        q,
        Float32Array.from(one, ([quotient]) => quotient),
      ),
    ).toBe(0)
    expect(
      differingBits(
        r,
        Float32Array.from(one, ([, remainder]) => remainder),
      ),
    ).toBe(0)
  }
})

it.each(["cpu", "wasm"] as const)("tensors on %s have the bits of Float32Arrays", async (backend) => {
  await useBackend(backend)
  for (const bits of [0, 9]) {
    const [tensors, floats] = [tensorSpace(bits), float32Space(bits)]
    const values = spread.map((k) => k / 2 ** bits)
    const x = tf.tensor(values, [4, 1024])
    for (const d of [2, 3, 5, 6, 7, 10, 16, 1000, 4095, 4096]) {
      const [q, r] = tensors.divide(d, x)
      const [quotient, remainder] = floats.divide(d, values)
      expect(differingBits(await q.data<"float32">(), quotient)).toBe(0)
      expect(differingBits(await r.data<"float32">(), remainder)).toBe(0)
      tf.dispose([q, r])
    }
    x.dispose()
  }
})
