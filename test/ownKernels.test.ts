/**
 * Exact kernels against the composed operations that they stand for, and float kernels against float64.
 */
import fc from "fast-check"
import { tensorSpace, tf, useBackend, type Plane } from "bijou/tensor"
import { gelu } from "bijou/residual"
import { describe, expect, it } from "vitest"
import { hasKernel } from "../src/tensor/kernels/own.ts"
import { bitsOf, noise } from "./specimens.ts"

/** The same computation on wasm, where the kernels are, and composed on cpu. */
const onBoth = async (compute: () => tf.Tensor): Promise<readonly [Uint32Array, Uint32Array]> => {
  await useBackend("wasm")
  const kernel = bitsOf(compute())
  await useBackend("cpu")
  return [kernel, bitsOf(compute())]
}

/** Phi by Simpson's rule on the density, in float64. */
const cumulative = (x: number): number => {
  const n = 4000
  let sum = 0
  for (let i = 0; i <= n; i++) sum += (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) * density((x * i) / n)
  return 0.5 + (x / n / 3) * sum
}

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)

describe("exact kernels", () => {
  const values = (l: number) => fc.integer({ min: -(2 ** 24) + 1, max: 2 ** 24 - 1 }).map((k) => k * 2 ** -l)
  const anyFloat = fc.oneof(
    fc.float({ noNaN: true, min: -64, max: 64 }),
    fc.constantFrom(0, -0, NaN, Infinity, 2 ** -30),
  )
  const batch = fc.integer({ min: 0, max: 20 }).chain((l) =>
    fc.integer({ min: 1, max: 23 }).chain((width) =>
      fc.record({
        l: fc.constant(l),
        width: fc.constant(width),
        gamma: fc.tuple(fc.constantFrom(0.5, -0.5), fc.constantFrom(0.5, -0.5), fc.constantFrom(0.5, -0.5)),
        x: fc.array(values(l), { minLength: 3 * width, maxLength: 3 * width }),
        h: fc.array(anyFloat, { minLength: 3 * width, maxLength: 3 * width }),
      }),
    ),
  )

  it("are in use on wasm, and not on cpu", async () => {
    await useBackend("wasm")
    expect(["BijouDrift", "BijouShift", "BijouGelu", "BijouGeluGrad"].map(hasKernel)).toEqual([true, true, true, true])
    await useBackend("cpu")
    expect(hasKernel("BijouDrift")).toBe(false)
  })

  it("round the drift as the composed operations do, whatever the width, the gammas and the values", () =>
    fc.assert(
      fc.asyncProperty(batch, async ({ l, width, gamma, x, h }) => {
        const [kernel, composed] = await onBoth(() =>
          tensorSpace(l).drift(gamma, tf.tensor2d(x, [3, width]), tf.tensor2d(h, [3, width])),
        )
        const isNaN = (word: number) => (word & 0x7fffffff) > 0x7f800000
        expect([...kernel].map((word) => (isNaN(word) ? NaN : word))).toEqual(
          [...composed].map((word) => (isNaN(word) ? NaN : word)),
        )
      }),
      { numRuns: 150 },
    ))

  it("add and take away the parities as the composed operations do", () =>
    fc.assert(
      fc.asyncProperty(batch, async ({ l, width, x }) => {
        const space = tensorSpace(l)
        const given = () => tf.tensor2d(x, [3, width])
        for (const move of [space.lift, space.lower] as ReadonlyArray<(x: tf.Tensor, s: Plane) => tf.Tensor>) {
          const [kernel, composed] = await onBoth(() => move(given(), space.parity(given())))
          expect(kernel).toEqual(composed)
        }
      }),
      { numRuns: 100 },
    ))
})

describe("float kernels", () => {
  const places = Float32Array.from({ length: 801 }, (_, i) => (i - 400) / 32)

  it("give gelu within 4e-7 of the true value, relative to 1 + |x|, and the tails", async () => {
    await useBackend("wasm")
    const found = gelu(tf.tensor1d(places)).dataSync()
    for (const [i, x] of places.entries())
      expect(Math.abs((found[i] ?? NaN) - x * cumulative(x))).toBeLessThan(4e-7 * (1 + Math.abs(x)))
    expect([...gelu(tf.tensor1d([0, 1e30, NaN])).dataSync()]).toEqual([0, Math.fround(1e30), NaN])
  })

  it("give its derivative within 2e-6", async () => {
    await useBackend("wasm")
    const found = tf
      .grad((x: tf.Tensor) => gelu(x))(tf.tensor1d(places))
      .dataSync()
    for (const [i, x] of places.entries())
      expect(Math.abs((found[i] ?? NaN) - (cumulative(x) + x * density(x)))).toBeLessThan(2e-6)
  })

  it("give an element the same bits wherever it stands", async () => {
    await useBackend("wasm")
    const x = noise([37], 3)
    const whole = bitsOf(gelu(x))
    for (const start of [1, 2, 3, 5]) {
      const part = bitsOf(gelu(x.slice([start], [20])))
      expect(part).toEqual(whole.subarray(start, start + 20))
    }
  })
})
