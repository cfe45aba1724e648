/**
 * Custom kernels on the backend `tensorflow`: exact ones against the composed operations on cpu, float ones against
 * float64, and all of them for the same bits in a second run.
 */
// oxlint-disable typescript/no-non-null-assertion -- a wrong index makes NaN here, and NaN fails the test
import fc from "fast-check"
import { crossEntropy, Attention, LayerNorm, Linear, Mlp } from "bijou/net"
import type { Activation } from "../../src/residual/Mlp.ts"
import { tensorSpace, tf } from "bijou/tensor"
import { Plane } from "../../src/tensor/values/Plane.ts"
import { beforeAll, describe, expect, it } from "vitest"
import { dispatch, isImplemented } from "../../src/tensor/kernels/dispatch.ts"
import { ownKernels } from "../../src/tensor/kernels/kernels.ts"
import { adamW } from "../../src/tensor/kernels/spec/adamW.ts"
import { addBias, biasGrad } from "../../src/tensor/kernels/spec/addBias.ts"
import { affine as affineKernel } from "../../src/tensor/kernels/spec/affine.ts"
import { attention, attentionGrad } from "../../src/tensor/kernels/spec/attention.ts"
import { cotangent } from "../../src/tensor/kernels/spec/cotangent.ts"
import { differ } from "../../src/tensor/kernels/spec/differ.ts"
import { gelu, geluGrad } from "../../src/tensor/kernels/spec/gelu.ts"
import { inverse } from "../../src/tensor/kernels/spec/inverse.ts"
import { KERNELS } from "../../src/tensor/kernels/spec/kernels.ts"
import { largest as largestKernel } from "../../src/tensor/kernels/spec/largest.ts"
import { mlp, mlpGrad } from "../../src/tensor/kernels/spec/mlp.ts"
import { multiply, weightGrad } from "../../src/tensor/kernels/spec/multiply.ts"
import { quantize } from "../../src/tensor/kernels/spec/quantize.ts"
import { times as timesKernel } from "../../src/tensor/kernels/spec/times.ts"
import { update } from "../../src/tensor/kernels/spec/update.ts"
import { hasOpLibrary } from "../../src/tensor/kernels/tensorflow/opLibrary.ts"
import { traceKernels } from "../../src/tensor/ops/traceKernels.ts"
import { distances, expectNoGradientOfPadding, mask, padded, ways } from "./attention64.ts"
import { columnSums, layerNorm, rowsOf, times, turn, type Rows } from "./float64.ts"
import { kinds, places } from "./gelus.ts"
import { bitsOf, distance, noise } from "../support/specimens.ts"
import { startTensorflow, tensorflowIsHere, whySkipped } from "../support/tensorflow.ts"

type Function = (...xs: tf.Tensor[]) => tf.Tensor

/** Value and gradients of a function of tensors, for a cotangent that is not symmetric. */
const sweep = (f: Function, xs: ReadonlyArray<tf.Tensor>): ReadonlyArray<tf.Tensor> => {
  const value = f(...xs)
  return [value, ...tf.grads(f)([...xs], noise(value.shape, 77))]
}

/** Returns what `read` reads, and frees its tensors. tidy would walk through its result. */
const tidily = <A>(read: () => A): A => {
  const found: A[] = []
  tf.tidy(() => void found.push(read()))
  return found[0] as A // it was read
}

/** Checks for the same bits twice, in gradient mode and outside it, with no argument changed and no tensor leaked. */
const repeats = (f: Function, xs: ReadonlyArray<tf.Tensor>): void => {
  const given = xs.map(bitsOf)
  const bits = () => tidily(() => sweep(f, xs).map(bitsOf))
  const once = bits()
  const backend = tf.backend() as unknown as { readonly numDataIds: () => number } // in every backend
  const before = [tf.memory().numTensors, backend.numDataIds()]
  expect(bits()).toEqual(once)
  expect([tf.memory().numTensors, backend.numDataIds()]).toEqual(before)
  expect(tidily(() => bitsOf(f(...xs)))).toEqual(once[0])
  expect(xs.map(bitsOf)).toEqual(given)
}

/** Checks that a sample has the same bits next to any others. */
const standsAlone = (f: Function, [x, ...others]: readonly [tf.Tensor, ...tf.Tensor[]]): void => {
  const [value, dx] = sweep(f, [x, ...others])
  const dy = noise(value!.shape, 77)
  for (let i = 0; i < x.shape[0]!; i++) {
    const part = (t: tf.Tensor) => t.slice([i], [1])
    expect(bitsOf(f(part(x), ...others))).toEqual(bitsOf(part(value!)))
    const [alone] = tf.grads(f)([part(x), ...others], part(dy))
    expect(bitsOf(alone!)).toEqual(bitsOf(part(dx!)))
  }
}

const isNaNWord = (word: number): boolean => (word & 0x7fffffff) > 0x7f800000

/** The bits, with all NaNs equal. */
const numbersOf = (x: tf.Tensor): ReadonlyArray<number> => [...bitsOf(x)].map((word) => (isNaNWord(word) ? NaN : word))

export const checkTensorflowKernels = (form: "library" | "stock"): void => {
  if (!tensorflowIsHere) {
    describe.skip(`kernels on tensorflow (${whySkipped})`, () => it("are tried", () => {}))
    return
  }
  const useTensorflow = () => beforeAll(() => startTensorflow(form))

  describe(`the kernels of ${form === "library" ? "the op library" : "stock operations"} on tensorflow`, () => {
    useTensorflow()
    const hasPerceptron = (gelu: "erf" | "tanh") => form === "library" || gelu === "erf"

    it("are in use, and report their form", () => {
      expect(hasOpLibrary()).toBe(form === "library")
      expect(ownKernels("tensorflow").filter((name) => tf.getKernel(name, "tensorflow") === undefined)).toEqual([])
      expect(isImplemented(adamW)).toBe(form === "library")
      for (const form of ["erf", "tanh"] as const)
        expect([isImplemented(mlp, { form }), isImplemented(mlpGrad, { form })]).toEqual([
          hasPerceptron(form),
          hasPerceptron(form),
        ])
    })
  })

  describe(`exact kernels on tensorflow, ${form}`, () => {
    useTensorflow()

    it("add up to the same bits on any thread, also the smallest floats", () => {
      const filled = (x: number) => tf.tensor1d(new Float32Array(1 << 20).fill(x))
      for (const [x, y] of [
        [2 ** -140, 2 ** -141],
        [0.1, 0.7],
        [2 ** 24, -1],
      ] as const) {
        const words = tidily(() => Array.from({ length: 20 }, () => bitsOf(tf.add(filled(x), filled(y)))))
        const expected = new Set(words[0]!.slice(0, 1))
        expect(Math.abs(x) < 2 ** -126 || expected.has(new Uint32Array(Float32Array.of(x + y).buffer)[0]!)).toBe(true)
        for (const sums of words) expect(new Set(sums)).toEqual(expected)
      }
    })

    it("broadcast additions as TensorFlow does", () => {
      const [row, column] = [tf.tensor2d([[1, 2, 3]]), tf.tensor2d([[10], [20]])]
      expect(tf.add(row, column).arraySync()).toEqual([
        [11, 12, 13],
        [21, 22, 23],
      ])
      expect(tf.add(tf.tensor1d([1, 2], "int32"), tf.tensor1d([2 ** 30, 3], "int32")).arraySync()).toEqual([
        2 ** 30 + 1,
        5,
      ])
      tf.dispose([row, column])
    })

    const values = (l: number) =>
      fc
        .oneof(
          fc.integer({ min: -(2 ** 24) + 1, max: 2 ** 24 - 1 }),
          fc.integer({ min: -9, max: 9 }),
          fc.constantFrom(2 ** 24 - 1, 1 - 2 ** 24, 2 ** 24 - 2),
        )
        .map((k) => k * 2 ** -l)
    const anyFloat = fc.oneof(
      // TensorFlow flushes the smallest floats to zero.
      fc.float({ noNaN: true, min: -64, max: 64 }).map((x) => (Math.abs(x) < 2 ** -120 ? 0 : x)),
      fc.constantFrom(0, -0, NaN, Infinity, 2 ** -30, 0.5, -0.5, 1.5),
    )
    const block = fc.integer({ min: 0, max: 20 }).chain((l) =>
      fc.integer({ min: 1, max: 70 }).chain((width) => {
        const three = <A>(of: fc.Arbitrary<A>) => fc.array(of, { minLength: 3 * width, maxLength: 3 * width })
        return fc.record({
          l: fc.constant(l),
          width: fc.constant(width),
          gamma: fc.tuple(...[1, 2, 3].map(() => fc.constantFrom(0.5, -0.5, 0.25, -0.25))),
          previous: three(values(l)),
          x: three(values(l)),
          h: three(anyFloat),
        })
      }),
    )

    /** The same computation with the kernels, and composed on cpu. */
    const onBoth = async (compute: () => ReadonlyArray<tf.Tensor>) => {
      await tf.setBackend("tensorflow")
      const kernel = tidily(() => compute().map(numbersOf))
      await tf.setBackend("cpu")
      const composed = tidily(() => compute().map(numbersOf))
      await tf.setBackend("tensorflow")
      return [kernel, composed] as const
    }

    it("pack, move by parities and round like the separate operations", () =>
      fc.assert(
        fc.asyncProperty(block, async ({ l, width, gamma, previous, x, h }) => {
          const space = tensorSpace(l)
          const of = (numbers: number[]) => tf.tensor2d(numbers, [3, width])
          const [kernel, composed] = await onBoth(() => {
            const plane = Plane.ofParities(of(previous), l)
            return [
              space.drift(gamma, of(x), of(h)),
              space.lift(of(x), plane),
              space.lower(of(x), plane),
              Plane.toSteps(plane, l),
              dispatch(quantize, { x: of(h) }, { scale: 2 ** l, step: 2 ** -l }),
              dispatch(timesKernel, { x: of(h) }, { factor: gamma }),
            ]
          })
          expect(kernel).toEqual(composed)
        }),
        { numRuns: 100 },
      ))

    it("update, invert and pull back like the separate operations", () =>
      fc.assert(
        fc.asyncProperty(block, async ({ l, width, gamma, previous, x, h }) => {
          const space = tensorSpace(l)
          const of = (numbers: number[]) => tf.tensor2d(numbers, [3, width])
          const by = (f: (g: number) => number, t: tf.Tensor) => space.times(gamma.map(f), t)
          const attrs = {
            gamma,
            own: gamma.map((g) => (1 - g) * 2 ** l),
            change: gamma.map((g) => (1 + g) * 2 ** l),
            scale: 2 ** l,
            step: 2 ** -l,
          }
          const [fused, composed] = await onBoth(() => {
            const [a, b, c] = [of(previous), of(x), of(h)]
            const plane = Plane.ofParities(a, l)
            if (!isImplemented(update)) {
              const next = space.plus(
                by((g) => g, space.lift(a, plane)),
                space.drift(gamma, b, c),
              )
              return [
                next,
                space.lower(
                  by((g) => 1 / g, space.minus(next, space.drift(gamma, b, c))),
                  plane,
                ),
                by((g) => g, b),
                space.plus(
                  space.plus(
                    a,
                    by((g) => 1 - g, b),
                  ),
                  c,
                ),
              ]
            }
            const [next, words] = dispatch(update, { previous: a, x: b, h: c }, attrs)
            expect(bitsOf(words)).toEqual(bitsOf(plane.packed))
            return [
              next,
              dispatch(inverse, { x: b, next, h: c, words: words }, attrs),
              ...dispatch(cotangent, { dx: a, dn: b, jx: c }, { gamma }),
            ]
          })
          expect(fused).toEqual(composed)
        }),
        { numRuns: 100 },
      ))

    if (form === "library")
      it("find the largest magnitude, and count the elements that differ, with all NaNs equal", async () => {
        await tf.setBackend("tensorflow")
        const largest = (x: tf.Tensor) => dispatch(largestKernel, { x }).dataSync()[0]
        expect(largest(tf.tensor1d([1, -7.5, 3, 0]))).toBe(7.5)
        expect(largest(tf.concat([tf.zeros([1000]), tf.tensor1d([-Infinity])]))).toBe(Infinity)
        expect(largest(tf.concat([tf.fill([700], 3), tf.tensor1d([NaN]), tf.fill([9], Infinity)]))).toBe(NaN)
        const count = (x: tf.Tensor, y: tf.Tensor) => dispatch(differ, { x, y }).dataSync()[0]
        expect(count(tf.tensor1d([1, NaN, 0, 5, NaN]), tf.tensor1d([1, NaN, -0, 6, 1]))).toBe(3)
        expect(count(tf.range(0, 5000, 1, "int32"), tf.range(0, 5000, 1, "int32"))).toBe(0)
        expect(count(tf.zeros([70, 3], "int32"), tf.ones([70, 3], "int32"))).toBe(210)
      })

    it("restore the previous state, over words that samples share, and keep no -0", async () => {
      await tf.setBackend("tensorflow")
      for (const [batch, width] of [
        [3, 65 * 5],
        [2, 16],
        [5, 7],
        [2, 4096],
      ] as const) {
        const gamma = Array.from({ length: batch }, (_, i) => (i % 2 === 0 ? 0.5 : -0.5))
        const space = tensorSpace(9)
        const attrs = {
          gamma,
          own: gamma.map((g) => (1 - g) * 512),
          change: gamma.map((g) => (1 + g) * 512),
          scale: 512,
          step: 1 / 512,
        }
        const [previous, x, h] = [1, 2, 3].map((seed) => space.quantize(noise([batch, width], seed, 4)))
        const zeros = tf.zeros([batch, width])
        for (const [a, b, c] of [
          [previous!, x!, h!],
          [zeros, zeros, zeros],
          [zeros, x!, tf.neg(x!)],
        ] as const) {
          const [next, words] = dispatch(update, { previous: a, x: b, h: c }, attrs)
          const back = dispatch(inverse, { x: b, next, h: c, words: words }, attrs)
          expect(bitsOf(back)).toEqual(bitsOf(a))
          expect([...bitsOf(next), ...bitsOf(back)]).not.toContain(0x80000000)
        }
      }
    })
  })

  describe(`float kernels on tensorflow, ${form}`, () => {
    useTensorflow()

    const norm: Function = (x, gain, bias) => LayerNorm.apply({ gain: gain!, bias: bias! }, x!)
    const perceptronOf =
      (activation: Activation): Function =>
      (x, w1, b1, w2, b2) =>
        Mlp.apply({ up: { weight: w1!, bias: b1! }, down: { weight: w2!, bias: b2! } }, x!, activation)
    const affine: Function = (x, weight, bias) => Linear.apply({ weight: weight!, bias: bias! }, x!)

    it.each([
      [3, 4],
      [5, 7],
      [200, 13],
      [65, 128],
    ])("normalize %i rows of %i within 3e-6 of float64, and so are the gradients", (rows, width) => {
      const xs = [noise([rows, width], 1, 3).add(1), noise([width], 2), noise([width], 3)] as const
      const found = sweep(norm, xs)
      const [g, b] = [[...xs[1].dataSync()], [...xs[2].dataSync()]]
      const exact = layerNorm(rowsOf(xs[0]), g, b, rowsOf(noise([rows, width], 77)))
      for (const [i, of] of exact.entries()) expect(distance(found[i]!.dataSync(), of)).toBeLessThan(3e-6)
      repeats(norm, xs)
      if (form === "library") standsAlone(norm, xs)
    })

    it("treat a vector as one row", () => {
      const [gain, bias, w1, b1, w2, b2] = [[5], [5], [5, 7], [7], [7, 5], [5]].map((shape, i) => noise(shape, i + 1))
      const x = noise([5], 9)
      for (const [f, given] of [
        [norm, [gain!, bias!]],
        [affine, [w1!, b1!]],
        [perceptronOf("gelu"), [w1!, b1!, w2!, b2!]],
        [perceptronOf("geluTanh"), [w1!, b1!, w2!, b2!]],
      ] as const) {
        const alone = sweep(f, [x, ...given]).map(bitsOf)
        expect(alone).toEqual(sweep(f, [x.reshape([1, 5]), ...given]).map(bitsOf))
        expect(f(x, ...given).rank).toBe(1)
      }
    })

    const shapes = [
      [1, 1, 1, 1],
      [2, 3, 2, 2],
      [1, 17, 2, 8],
      [2, 65, 2, 12],
      [1, 33, 1, 40],
    ] as const

    describe.each(["full", "causal"] as const)("%s", (reach) => {
      describe.each(ways(reach))("$way", ({ sees, mix }) => {
        it.each(shapes)(
          "attention of %i x %i tokens, %i heads of %i, is within 2e-6 of float64, its gradient within 4e-6",
          (batch, time, heads, size) => {
            const qkv = noise([batch, time, 3 * heads * size], 4, 2)
            const [value, gradient] = sweep((x) => mix(x!, heads), [qkv])
            const dy = noise(value!.shape, 77)
            const [x, ds, y, dqkv] = [qkv, dy, value!, gradient!].map(rowsOf) as [Rows, Rows, Rows, Rows]
            const of = { batch, time, heads, size, causal: reach === "causal", sees }
            const found = distances(of, { qkv: x, dy: ds, y, dqkv })
            expect(found.value).toBeLessThan(2e-6)
            expect(found.gradient).toBeLessThan(4e-6)
            repeats((x) => mix(x!, heads), [qkv])
          },
        )
      })

      it("attention has the same bits with empty padding as without padding", () => {
        const qkv = noise([2, 17, 30], 4, 2)
        const [all, seen] = [
          sweep((x) => Attention.mix(x!, 2, reach), [qkv]),
          sweep((x) => Attention.mixSeen(x!, tf.ones([2, 17], "int32"), 2, reach), [qkv]),
        ]
        expect(seen.map(bitsOf)).toEqual(all.map(bitsOf))
      })

      it("attention gives padding that no query sees no gradient, and a query that sees nothing else no gradient of its scores", () => {
        const { qkv, seen } = padded()
        const [, dqkv] = sweep((x) => Attention.mixSeen(x!, seen, 2, reach), [qkv])
        expectNoGradientOfPadding(rowsOf(dqkv!), reach === "causal")
      })

      if (form === "library")
        it("attention of a sample has the same bits next to any others", () => {
          for (const [batch, time, heads, size] of shapes) {
            const qkv = noise([batch, time, 3 * heads * size], 4, 2)
            const padding = mask(1, time)
            standsAlone((x) => Attention.mix(x!, heads, reach), [qkv])
            standsAlone((x) => Attention.mixSeen(x!, padding.tile([x!.shape[0]!, 1]), heads, reach), [qkv])
          }
        })
    })

    it("attention is one kernel, and its gradient one", async () => {
      const qkv = noise([2, 5, 12], 1)
      const seen = mask(2, 5)
      for (const { mix } of ways("causal")) {
        const traced = await traceKernels(() => void sweep((x) => mix(x!, 2, seen), [qkv]))
        const custom = traced.map(({ kernel }) => kernel).filter((name) => KERNELS.has(name))
        expect(custom).toEqual([attention, attention, attentionGrad].map(({ name }) => name))
      }
    })

    it.each([
      [1, 1, 1],
      [3, 5, 2],
      [64, 4, 8],
      [65, 33, 47],
      [200, 130, 31],
      [29, 600, 33],
    ])("an affine map of %i rows, %i to %i, is within 2e-6 of float64, and so are its gradients", (rows, m, n) => {
      const xs = [noise([rows, m], 1), noise([m, n], 2), noise([n], 3)] as const
      const [x, w, dy] = [xs[0], xs[1], noise([rows, n], 77)].map(rowsOf) as [Rows, Rows, Rows]
      const bias = [...xs[2].dataSync()]
      const exact = [
        times(x, w).flatMap((row) => row.map((a, j) => a + bias[j]!)),
        times(dy, turn(w)).flat(),
        times(turn(x), dy).flat(),
        columnSums(dy),
      ]
      for (const [i, found] of sweep(affine, xs).entries())
        expect(distance(found.dataSync(), exact[i]!)).toBeLessThan(2e-6)
      repeats(affine, xs)
      if (form === "library") standsAlone(affine, xs)
    })

    it("reshapes as tfjs does, also with one size left open", () => {
      const x = noise([2, 3, 4], 1)
      expect(x.reshape([-1, 4]).shape).toEqual([6, 4])
      expect(bitsOf(x.reshape([4, 6]))).toEqual(bitsOf(x))
      expect(() => x.reshape([5, 5])).toThrow(/5/)
    })

    describe.each(kinds)("of $name", ({ name, activation, exact, derivative }) => {
      const kind = { form: name === "gelu" ? "erf" : "tanh" } as const
      const apply: Function = (x) => activation(x!)
      const perceptron = perceptronOf(name)

      it("a perceptron has gradients within 3e-6 of those of its parts on cpu", async () => {
        const given = () => [
          noise([5, 26, 6], 1, 2),
          ...[noise([6, 33], 2), noise([33], 3), noise([33, 6], 4), noise([6], 5)],
        ]
        repeats(perceptron, given())
        if (form === "library") standsAlone(perceptron, given() as [tf.Tensor, ...tf.Tensor[]])
        const found = sweep(perceptron, given()).map((x) => x.dataSync())
        await tf.setBackend("cpu")
        for (const [i, exact] of sweep(perceptron, given()).entries())
          expect(distance(found[i]!, exact.dataSync())).toBeLessThan(3e-6)
        await tf.setBackend("tensorflow")
      })

      it.each([1, 50, 180])("a perceptron of %i rows in a sample has the bits of its parts", (time) => {
        const [x, w1, b1] = [noise([3, time, 6], 1), noise([6, 33], 2), noise([33], 3)]
        const [w2, b2, dy] = [noise([33, 7], 4), noise([7], 5), noise([3, time, 7], 6)]
        const times = (y: tf.Tensor, weight: tf.Tensor, transposed: boolean) =>
          dispatch(multiply, { x: y, weight }, { transposed })
        const a = dispatch(affineKernel, { x, weight: w1, bias: b1 })
        expect(bitsOf(a)).toEqual(bitsOf(dispatch(addBias, { x: times(x, w1, false), bias: b1 })))
        if (form === "stock") return
        const hidden = dispatch(gelu, { x: a }, kind)
        const value = dispatch(affineKernel, { x: hidden, weight: w2, bias: b2 })
        const found = dispatch(mlp, { x, w1, b1, w2, b2 }, kind)
        expect(found.map((one) => bitsOf(one!))).toEqual([value, a].map(bitsOf))
        const da = dispatch(geluGrad, { x: a, dy: times(dy, w2, true) }, kind)
        const pulled = () => dispatch(mlpGrad, { x, a, w1, w2, dy }, kind)
        const [dx, dw1, db1, dw2, db2] = pulled()
        expect([dx, dw1, dw2, db2].map(bitsOf)).toEqual(
          [
            times(da, w1, true),
            dispatch(weightGrad, { x, dy: da }),
            dispatch(weightGrad, { x: hidden, dy }),
            dispatch(biasGrad, { dy }),
          ].map(bitsOf),
        )
        expect(distance(db1.dataSync(), columnSums(rowsOf(da)))).toBeLessThan(1e-6)
        expect(bitsOf(pulled()[2])).toEqual(bitsOf(db1))
      })

      it("values are within 4e-7 of the true ones, relative to 1 + |x|, derivatives within 2e-6, tails included", () => {
        const derived = tf.grad((x: tf.Tensor) => activation(x))
        const [found, slopes] = [activation, derived].map((f) => f(tf.tensor1d(places)).dataSync()) as [
          Float32Array,
          Float32Array,
        ]
        for (const [i, x] of places.entries()) {
          expect(Math.abs(found[i]! - exact(x))).toBeLessThan(4e-7 * (1 + Math.abs(x)))
          expect(Math.abs(slopes[i]! - derivative(x))).toBeLessThan(2e-6)
        }
        expect([...activation(tf.tensor1d([0, 1e30, NaN])).dataSync()]).toEqual([0, Math.fround(1e30), NaN])
        repeats(apply, [noise([7, 33], 1, 3)])
        standsAlone(apply, [noise([7, 33], 1, 3)])
      })

      it("it is one kernel, and its gradient one", async () => {
        const traced = await traceKernels(() => void sweep(apply, [noise([4, 5], 1)]))
        const custom = traced.map(({ kernel }) => kernel).filter((kernel) => KERNELS.has(kernel))
        expect(custom).toEqual([gelu, gelu, geluGrad].map((kernel) => kernel.name))
      })
    })

    it.each([
      [1, 1],
      [5, 3],
      [7, 16],
      [9, 257],
    ])(
      "cross-entropy of %i rows of %i classes is within 1e-6 of float64, its gradient within 3e-6",
      (rows, classes) => {
        const targets = Int32Array.from({ length: rows }, (_, r) => (5 * r + 2) % classes)
        const ids = tf.tensor1d(targets, "int32")
        const logits = noise([rows, classes], 1, 9)
        const exact = rowsOf(logits).map((row, r) => {
          const total = row.reduce((sum, x) => sum + Math.exp(x), 0)
          const gradient = row.map((x, j) => (0.5 * (Math.exp(x) / total - (j === targets[r] ? 1 : 0))) / rows)
          return { loss: Math.log(total) - row[targets[r]!]!, gradient }
        })
        const loss = exact.reduce((sum, row) => sum + row.loss, 0) / rows
        const found = crossEntropy(logits, ids)
        expect(Math.abs(found.dataSync()[0]! - loss)).toBeLessThan(1e-6 * (1 + loss))
        const grad = tf.grad((x) => crossEntropy(x, ids))(logits, tf.scalar(0.5))
        expect(distance([1, ...grad.dataSync()], [1, ...exact.flatMap((row) => row.gradient)])).toBeLessThan(3e-6)
        expect(bitsOf(crossEntropy(logits, ids))).toEqual(bitsOf(found))
      },
    )

    it("cross-entropy refuses a class out of range", () =>
      expect(() => crossEntropy(noise([2, 3], 1), tf.tensor1d([0, 3], "int32")).dataSync()).toThrow(/3/))

    if (form === "library")
      it("a step of AdamW has the bits of its separate operations", async () => {
        const numbers = {
          ...{ beta1: 0.9, rest1: 1 - 0.9, beta2: 0.95, rest2: 1 - 0.95 },
          ...{ keep: 0.9999, rate: 0.01, correction: 1.7, epsilon: 1e-8 },
        }
        const given = () => {
          const [p, m, v, grad] = [1, 2, 3, 4].map((seed) => noise([7, 33], seed))
          return { p: p!, m: m!, v: tf.abs(v!), grad: grad!, shrink: tf.scalar(0.3) }
        }
        const kernel = dispatch(adamW, given(), numbers).map(bitsOf)
        await tf.setBackend("cpu")
        const { p, m, v, grad, shrink } = given()
        const g = tf.mul(grad, shrink)
        const mean = tf.add(tf.mul(m, numbers.beta1), tf.mul(g, numbers.rest1))
        const square = tf.add(tf.mul(v, numbers.beta2), tf.mul(tf.square(g), numbers.rest2))
        const scale = tf.add(tf.sqrt(tf.mul(square, numbers.correction)), numbers.epsilon)
        const next = tf.sub(tf.mul(p, numbers.keep), tf.div(tf.mul(mean, numbers.rate), scale))
        expect(kernel).toEqual([next, mean, square].map(bitsOf))
        await tf.setBackend("tensorflow")
      })

    if (form === "library")
      it("matrix products of plain tfjs are within 1e-6 of float64 in any layout, and have the bits of single ones in a batch", () => {
        for (const [transposeA, transposeB] of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ] as const) {
          const a = noise(transposeA ? [3, 70, 19] : [3, 19, 70], 1)
          const b = noise(transposeB ? [3, 33, 70] : [3, 70, 33], 2)
          const whole = tf.matMul(a, b, transposeA, transposeB)
          for (let i = 0; i < 3; i++) {
            const [x, y] = [a, b].map((t) => t.slice([i], [1]).squeeze([0])) as [tf.Tensor, tf.Tensor]
            const exact = times(
              transposeA ? turn(rowsOf(x)) : rowsOf(x),
              transposeB ? turn(rowsOf(y)) : rowsOf(y),
            ).flat()
            const one = tf.matMul(x, y, transposeA, transposeB)
            expect(distance(one.dataSync(), exact)).toBeLessThan(1e-6)
            expect(bitsOf(whole.slice([i], [1]))).toEqual(bitsOf(one))
          }
        }
        expect([...tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])).dataSync()]).toEqual([0, 0, 0, 0, 0, 0])
        expect(tf.matMul(tf.ones([1, 2, 3]), tf.ones([4, 3, 2])).shape).toEqual([4, 2, 2])
        expect(tf.matMul(tf.ones([4, 2, 3]), tf.ones([1, 3, 2])).shape).toEqual([4, 2, 2])
      })
  })
}
