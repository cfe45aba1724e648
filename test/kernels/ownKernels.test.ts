/**
 * Exact kernels against the composed operations that they replace, and float kernels against float64.
 */
import fc from "fast-check"
import { option as O } from "fp-ts"
import { Key } from "bijou"
import { tensorsIn, tensorSpace, tf, useBackend, useKernels } from "bijou/tensor"
import { Plane } from "../../src/tensor/values/Plane.ts"
import { Dropout } from "bijou/net"
import { afterEach, describe, expect, it } from "vitest"
import { isImplemented } from "../../src/tensor/kernels/dispatch.ts"
import { drift } from "../../src/tensor/kernels/spec/drift.ts"
import { gelu } from "../../src/tensor/kernels/spec/gelu.ts"
import { update } from "../../src/tensor/kernels/spec/update.ts"
import { bitsOf, noise } from "../support/specimens.ts"
import { kinds, places } from "./gelus.ts"

afterEach(() => useKernels("own"))

/** The bits of a computation with the kernels of wasm and of cpu, and composed on cpu. All NaNs are equal. */
const everywhere = async (compute: () => unknown): Promise<ReadonlyArray<unknown>> => {
  const found: unknown[] = []
  for (const [backend, choice] of [
    ["wasm", "own"],
    ["cpu", "own"],
    ["cpu", "composed"],
  ] as const) {
    await useBackend(backend)
    useKernels(choice)
    const computed = tf.tidy(() => tensorsIn(compute()).map((x) => Array.from(bitsOf(x), oneNaN)))
    found.push(computed)
  }
  return found
}

/** Sample ids at which a product with blocks exceeds a word, or the exact integers. */
const edges = fc.constantFrom(2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 52 + 3, 2 ** 53 - 1)

const oneNaN = (word: number) => ((word & 0x7fffffff) > 0x7f800000 ? NaN : word)

const equal = async (compute: () => unknown) => {
  const [first, ...others] = await everywhere(compute)
  for (const other of others) expect(other).toEqual(first)
}

describe("exact kernels", () => {
  const values = (l: number) => fc.integer({ min: -(2 ** 24) + 1, max: 2 ** 24 - 1 }).map((k) => k * 2 ** -l)
  const anyFloat = fc.oneof(
    fc.float({ noNaN: true, min: -64, max: 64 }),
    fc.constantFrom(0, -0, NaN, Infinity, 2 ** -30),
  )
  const batch = fc
    .record({
      l: fc.integer({ min: 0, max: 20 }),
      width: fc.oneof(fc.integer({ min: 1, max: 23 }), fc.constantFrom(32, 64)),
    })
    .chain(({ l, width }) => {
      const of = (each: fc.Arbitrary<number>) => fc.array(each, { minLength: 3 * width, maxLength: 3 * width })
      return fc.record({
        l: fc.constant(l),
        width: fc.constant(width),
        gamma: fc.tuple(...[0, 1, 2].map(() => fc.constantFrom(0.5, -0.5))),
        previous: of(values(l)),
        x: of(values(l)),
        next: of(values(l)),
        h: of(anyFloat),
      })
    })
  const tried = (compute: (given: Given, x: (name: "previous" | "x" | "next" | "h") => tf.Tensor) => unknown) =>
    fc.assert(
      fc.asyncProperty(batch, (given) =>
        equal(() => compute(given, (name) => tf.tensor2d(given[name], [3, given.width]))),
      ),
      { numRuns: 100 },
    )

  it("are in use if the backend has them, unless they are disabled", async () => {
    const inUse = () => [isImplemented(update), isImplemented(drift), isImplemented(gelu)]
    await useBackend("wasm")
    expect(inUse()).toEqual([true, true, true])
    useKernels("composed")
    expect(inUse()).toEqual([false, false, false])
    useKernels("own")
    await useBackend("cpu")
    expect(inUse()).toEqual([true, false, false])
  })

  it("round as the composed operations do, whatever the width, the gammas and the values", () =>
    tried(({ l, gamma }, x) => [tensorSpace(l).quantize(x("h")), tensorSpace(l).drift(gamma, x("x"), x("h"))]))

  it("multiply samples as the composed operations do", () =>
    tried(({ l, gamma }, x) => tensorSpace(l).times(gamma, x("h"))))

  it("add and subtract the parities as the composed operations do", () =>
    tried(({ l }, x) => {
      const space = tensorSpace(l)
      const plane = space.parity(x("previous"))
      return [space.lift(x("x"), plane), space.lower(x("x"), plane), Plane.toSteps(plane, l)]
    }))

  it("take a step, and undo it, as the composed operations do", () =>
    tried(({ l, gamma }, x) => {
      const space = tensorSpace(l)
      const [after, s] = space.update(gamma, x("previous"), x("x"), x("h"))
      return [after, Plane.toSteps(s, l), space.restore(gamma, x("x"), x("next"), x("h"), s)]
    }))

  it("pull cotangents back as the composed operations do", () =>
    tried(({ l, gamma }, x) => tensorSpace(l).cotangents(gamma, x("h"), x("x"), x("next"))))

  it("drop what the composed operations drop, whatever the samples, the width and the rate", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.nat(1000), fc.integer({ min: 2 ** 30, max: 2 ** 40 }), fc.maxSafeNat(), edges), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.integer({ min: 1, max: 70 }),
        fc.constantFrom(0.1, 0.25, 1 / 3, 0.5, 2 ** -23, 1 - 2 ** -20),
        fc.maxSafeNat(),
        async (samples, width, rate, seed) => {
          const draw = O.some({ key: Key.fromSeed(seed), samples })
          const x = Array.from({ length: samples.length * width }, (_, i) => (i === 3 ? -0 : i === 5 ? NaN : i - 7.25))
          const given = () => tf.tensor2d(x, [samples.length, width])
          await equal(() => [
            Dropout.apply("drop", rate, given(), draw),
            tf.grad((x) => Dropout.apply("drop", rate, x, draw))(given()),
          ])
        },
      ),
      { numRuns: 100 },
    ))

  it("count the blocks of a sample past 2^32, in the middle of a group and of a sample", async () => {
    // 35 blocks a sample, those of the first one from 35 * 122713351 = 2^32 - 11 on.
    const draw = O.some({ key: Key.fromSeed(9), samples: [122_713_351, 122_713_352] })
    await equal(() => Dropout.apply("drop", 0.5, tf.ones([2, 138]), draw))
  })
})

type Given = { readonly l: number; readonly width: number; readonly gamma: ReadonlyArray<number> }

describe("float kernels", () => {
  describe.each(kinds)("of $name", ({ activation, exact, derivative }) => {
    it("are within 4e-7 of the true value, relative to 1 + |x|, and right in the tails", async () => {
      await useBackend("wasm")
      const found = activation(tf.tensor1d(places)).dataSync()
      for (const [i, x] of places.entries())
        expect(Math.abs((found[i] ?? NaN) - exact(x))).toBeLessThan(4e-7 * (1 + Math.abs(x)))
      expect([...activation(tf.tensor1d([0, 1e30, NaN])).dataSync()]).toEqual([0, Math.fround(1e30), NaN])
    })

    it("have a derivative within 2e-6, and right in the tails", async () => {
      await useBackend("wasm")
      const back = tf.grad((x: tf.Tensor) => activation(x))
      const found = back(tf.tensor1d(places)).dataSync()
      for (const [i, x] of places.entries()) expect(Math.abs((found[i] ?? NaN) - derivative(x))).toBeLessThan(2e-6)
      const [above, below, none] = back(tf.tensor1d([1e30, -1e30, NaN])).dataSync()
      expect([above, Math.abs(below ?? NaN) < 1e-30, none]).toEqual([1, true, NaN])
    })

    it("give an element the same bits wherever it is", async () => {
      await useBackend("wasm")
      const x = noise([37], 3)
      const whole = bitsOf(activation(x))
      for (const start of [1, 2, 3, 5]) {
        const part = bitsOf(activation(x.slice([start], [20])))
        expect(part).toEqual(whole.subarray(start, start + 20))
      }
    })
  })
})
