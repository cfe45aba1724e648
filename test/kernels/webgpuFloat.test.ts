/**
 * The float kernels on WebGPU: against float64, and for the same bits in a second run.
 */
// oxlint-disable typescript/no-non-null-assertion -- a wrong index makes NaN here, and NaN fails the test
import { Attention, crossEntropy, gelu, geluTanh, LayerNorm, Linear, Mlp } from "bijou/net"
import { tf, useBackend } from "bijou/tensor"
import { beforeAll, describe, expect, it } from "vitest"
import { run } from "../../src/tensor/kernels/dispatch.ts"
import { adamW } from "../../src/tensor/kernels/spec/adamW.ts"
import { attention, attentionGrad } from "../../src/tensor/kernels/spec/attention.ts"
import { biasGelu } from "../../src/tensor/kernels/spec/biasGelu.ts"
import { crossEntropyGrad } from "../../src/tensor/kernels/spec/crossEntropy.ts"
import { geluGrad } from "../../src/tensor/kernels/spec/gelu.ts"
import { KERNELS } from "../../src/tensor/kernels/spec/kernels.ts"
import { record } from "../../src/tensor/ops/recording.ts"
import { traceKernels } from "../../src/tensor/ops/traceKernels.ts"
import { differingBits } from "../../src/exact/bits.ts"
import { distances, expectNoGradientOfPadding, mask, padded, ways } from "./attention64.ts"
import { layerNorm, mean, type Rows } from "./float64.ts"
import { kinds, places } from "./gelus.ts"
import { distance, noise } from "../support/specimens.ts"
import { webgpuDevice, whySkipped } from "../support/webgpu.ts"

const device = await webgpuDevice()

const numbersOf = async (x: tf.Tensor): Promise<number[]> => Array.from(await x.data())

/** The rows of a tensor on its last axis, in float64. */
const rowsOf = async (x: tf.Tensor): Promise<Rows> => {
  const [values, width] = [await numbersOf(x), x.shape.at(-1)!]
  return Array.from({ length: values.length / width }, (_, r) => values.slice(r * width, (r + 1) * width))
}

type F = (...xs: tf.Tensor[]) => tf.Tensor

/** Value and gradients of a function of tensors, for a cotangent that is not symmetric. */
const sweep = (f: F, xs: ReadonlyArray<tf.Tensor>) => {
  const { value, pull } = record(() => f(...xs), xs)
  const dy = noise(value.shape, 77)
  return { value, dy, grads: pull(dy) }
}

/** Checks for the same bits twice, plain and recorded, with and without neighbors. */
const repeats = async (f: F, x: tf.Tensor, ...others: tf.Tensor[]): Promise<void> => {
  const one = sweep(f, [x, ...others])
  const other = sweep(f, [x, ...others])
  for (const [i, tensor] of [one.value, ...one.grads].entries()) {
    const again = [other.value, ...other.grads][i]!
    expect(differingBits(await tensor.data(), await again.data())).toBe(0)
  }
  expect(differingBits(await f(x, ...others).data(), await one.value.data())).toBe(0)
  const first = (t: tf.Tensor) => t.slice([0], [1])
  expect(differingBits(await f(first(x), ...others).data(), await first(one.value).data())).toBe(0)
}

describe.skipIf(device === null)(`float kernels on webgpu${device === null ? ` (${whySkipped})` : ""}`, () => {
  beforeAll(() => useBackend("webgpu"))

  describe.each(kinds)("of $name", ({ name, activation, exact, derivative }) => {
    const kind = { form: name === "gelu" ? "erf" : "tanh" } as const

    it("are within 4e-7 of the true value, relative to 1 + |x|, and right in the tails", async () => {
      const found = await activation(tf.tensor1d(places)).data()
      for (const [i, x] of places.entries())
        expect(Math.abs(found[i]! - exact(x))).toBeLessThan(4e-7 * (1 + Math.abs(x)))
      expect(await numbersOf(activation(tf.tensor1d([0, 1e30])))).toEqual([0, Math.fround(1e30)])
    })

    it("have a derivative within 2e-6", async () => {
      const x = tf.tensor1d(places)
      const found = await run(geluGrad, { x, dy: tf.onesLike(x) }, kind).data()
      for (const [i, at] of places.entries()) expect(Math.abs(found[i]! - derivative(at))).toBeLessThan(2e-6)
    })
  })

  it.each([
    [1, 1],
    [3, 2],
    [5, 7],
    [200, 13],
    [65, 130],
  ])("normalize %i rows of %i within 3e-6 of float64, gradients too", async (rows, width) => {
    const norm: F = (x, gain, bias) => LayerNorm.apply({ gain: gain!, bias: bias! }, x!)
    const [x, gain, bias] = [noise([rows, width], 1, 3).add(1), noise([width], 2), noise([width], 3)]
    const { value, dy, grads } = sweep(norm, [x, gain, bias])
    const [g, b] = [await numbersOf(gain), await numbersOf(bias)]
    const [xs, dys] = [await rowsOf(x), await rowsOf(dy)]
    const exact = layerNorm(xs, g, b, dys)
    for (const [i, found] of [value, ...grads].entries())
      // dx is close to 0 there.
      if (width > 2 || i !== 1) expect(distance(await found.data(), exact[i]!)).toBeLessThan(3e-6)
    await repeats(norm, x, gain, bias)
  })

  describe.each(["full", "causal"] as const)("%s", (reach) => {
    describe.each(ways(reach))("$way", ({ sees, mix }) => {
      it.each([
        [1, 1, 1, 1],
        [2, 3, 2, 4],
        [1, 65, 1, 5],
        [1, 4, 1, 67],
      ])(
        "attention of %i x %i tokens, %i heads of %i, is within 3e-6 of float64, its gradient within 5e-6",
        async (batch, time, heads, size) => {
          const qkv = noise([batch, time, 3 * heads * size], 4, 2)
          const { value, dy, grads } = sweep((x) => mix(x!, heads), [qkv])
          const [x, ds, y, dqkv] = (await Promise.all([qkv, dy, value, grads[0]!].map(rowsOf))) as [
            Rows,
            Rows,
            Rows,
            Rows,
          ]
          const of = { batch, time, heads, size, causal: reach === "causal", sees }
          const found = distances(of, { qkv: x, dy: ds, y, dqkv })
          expect(found.value).toBeLessThan(3e-6)
          expect(found.gradient).toBeLessThan(5e-6)
          await repeats((x) => mix(x!, heads), qkv)
        },
      )
    })

    it("attention gives padding that no query sees no gradient, and a query that sees nothing else no gradient of its scores", async () => {
      const { qkv, seen } = padded()
      const { grads } = sweep((x) => Attention.mixSeen(x!, seen, 2, reach), [qkv])
      expectNoGradientOfPadding(await rowsOf(grads[0]!), reach === "causal")
    })
  })

  it("run attention in one kernel, and its gradient in one", async () => {
    const qkv = noise([2, 5, 12], 1)
    const seen = mask(2, 5)
    for (const { mix } of ways("causal")) {
      const traced = await traceKernels(() => void sweep((x) => mix(x!, 2, seen), [qkv]))
      const custom = traced.map(({ kernel }) => kernel).filter((name) => KERNELS.has(name))
      expect(custom).toEqual([attention.name, attentionGrad.name])
    }
  })

  it.each([
    [1, 1],
    [5, 3],
    [9, 257],
  ])(
    "give the cross-entropy of %i rows of %i classes within 2e-6 of float64, its gradient within 3e-6",
    async (rows, classes) => {
      const targets = Array.from({ length: rows }, (_, r) => (5 * r + 2) % classes)
      const ids = tf.tensor1d(targets, "int32")
      const logits = noise([rows, classes], 1, 9)
      const found = await crossEntropy(logits, ids).data()
      const exact = (await rowsOf(logits)).map((row, r) => {
        const total = row.reduce((sum, x) => sum + Math.exp(x), 0)
        const gradient = row.map((x, j) => (0.5 * (Math.exp(x) / total - (j === targets[r] ? 1 : 0))) / rows)
        return { loss: Math.log(total) - row[targets[r]!]!, gradient }
      })
      const loss = mean(exact.map((row) => row.loss))
      expect(Math.abs(found[0]! - loss)).toBeLessThan(2e-6 * (1 + loss))
      const grad = run(crossEntropyGrad, { logits, targets: ids, dy: tf.scalar(0.5) }, {})
      const gradient = exact.flatMap((row) => row.gradient)
      expect(distance([1, ...(await grad.data())], [1, ...gradient])).toBeLessThan(3e-6)
    },
  )

  it("give a NaN loss for a target out of range", async () => {
    const loss = (target: number) => crossEntropy(noise([2, 3], 1), tf.tensor1d([1, target], "int32")).data()
    expect(await loss(3)).toEqual(Float32Array.of(NaN))
    expect(await loss(-1)).toEqual(Float32Array.of(NaN))
    expect((await loss(2))[0]).toBeGreaterThan(0)
  })

  it("have the same bits in an affine map and a perceptron, forward and recorded, twice", async () => {
    const affine: F = (x, weight, bias) => Linear.apply({ weight: weight!, bias: bias! }, x!)
    await repeats(affine, noise([5, 4], 1), noise([4, 6], 2), noise([6], 3))
    const perceptron: F = (x, w1, b1, w2, b2) =>
      Mlp.apply({ up: { weight: w1!, bias: b1! }, down: { weight: w2!, bias: b2! } }, x!)
    const parameters = [noise([4, 7], 2), noise([7], 3), noise([7, 4], 4), noise([4], 5)]
    await repeats(perceptron, noise([6, 4], 1, 2), ...parameters)
  })

  it.each([
    ["gelu", gelu],
    ["geluTanh", geluTanh],
  ] as const)(
    "give a perceptron of %s the bits of its parts, twice, and gradients within 3e-6 of theirs",
    async (name, activation) => {
      const perceptron: F = (x, w1, b1, w2, b2) =>
        Mlp.apply({ up: { weight: w1!, bias: b1! }, down: { weight: w2!, bias: b2! } }, x!, name)
      const parts: F = (x, w1, b1, w2, b2) => activation(x!.matMul(w1!).add(b1!)).matMul(w2!).add(b2!)
      const parameters = [noise([4, 7], 2), noise([7], 3), noise([7, 4], 4), noise([4], 5)]
      const [fused, again, composed] = [perceptron, perceptron, parts].map((f) =>
        sweep(f, [noise([6, 4], 1, 2), ...parameters]),
      )
      expect(differingBits(await fused!.value.data(), await composed!.value.data())).toBe(0)
      expect(differingBits(await fused!.value.data(), await again!.value.data())).toBe(0)
      for (const [i, grad] of fused!.grads.entries()) {
        expect(differingBits(await grad.data(), await again!.grads[i]!.data())).toBe(0)
        expect(distance(await grad.data(), await composed!.grads[i]!.data())).toBeLessThan(3e-6)
      }
    },
  )

  it.each(["erf", "tanh"] as const)(
    "give a row the same bits in a bias and GELU by %s whatever is beside it",
    async (form) => {
      const [x, bias] = [noise([6, 7], 1, 2), noise([7], 3)]
      const of = (rows: tf.Tensor) => run(biasGelu, { x: rows, bias }, { form })
      const [whole, alone] = [of(x), of(x.slice([2], [1]))]
      for (const [i, part] of alone.entries())
        expect(differingBits(await part.data(), await whole[i]!.slice([2], [1]).data())).toBe(0)
    },
  )

  it("add the rows of segments in their order, within 1e-6 of float64", async () => {
    const [rows, width, numSegments] = [300, 5, 7]
    // Some are of segment 7, which does not exist, and none of most.
    const ids = Array.from({ length: rows }, (_, r) => (r * r) % 8)
    const x = noise([rows, width], 3)
    const sum = () => tf.unsortedSegmentSum(x, tf.tensor1d(ids, "int32"), numSegments)
    const [found, values] = [await sum().data(), await rowsOf(x)]
    const exact = Array.from({ length: numSegments * width }, (_, i) =>
      values.reduce((sum, row, r) => sum + (ids[r] === Math.floor(i / width) ? row[i % width]! : 0), 0),
    )
    expect(distance(found, exact)).toBeLessThan(1e-6)
    expect(differingBits(await sum().data(), found)).toBe(0)
  })

  it("take a step of AdamW within 1e-6 of float64, twice the same", async () => {
    const numbers = {
      ...{ beta1: 0.9, rest1: 0.1, beta2: 0.95, rest2: 0.05, epsilon: 1e-8 },
      ...{ keep: 0.9999, rate: 1e-3 / 0.19, correction: 1 / 0.0975 },
    }
    const [p, m, v, grad] = [
      noise([2, 9], 1),
      noise([2, 9], 2, 1e-2),
      noise([2, 9], 3, 1e-2).abs(),
      noise([2, 9], 4, 3),
    ]
    const shrink = tf.scalar(0.25)
    const step = () => Promise.all(run(adamW, { p, m, v, grad, shrink }, numbers).map((x) => x.data()))
    const [ps, ms, vs, gs] = await Promise.all([p, m, v, grad].map(numbersOf))
    const mean = ms!.map((x, i) => 0.9 * x + 0.1 * 0.25 * gs![i]!)
    const square = vs!.map((x, i) => 0.95 * x + 0.05 * (0.25 * gs![i]!) ** 2)
    const next = ps!.map((x, i) => 0.9999 * x - (numbers.rate * mean[i]!) / (Math.sqrt(square[i]! / 0.0975) + 1e-8))
    const found = await step()
    for (const [i, exact] of [next, mean, square].entries()) expect(distance(found[i]!, exact)).toBeLessThan(1e-6)
    for (const [i, again] of (await step()).entries()) expect(differingBits(again, found[i]!)).toBe(0)
  })

  it("add any number of tensors, first to last", async () => {
    const xs = Array.from({ length: 40 }, (_, i) => noise([3, 2], i + 1))
    const sum = xs.reduce((sum, x) => sum.add(x))
    expect(differingBits(await tf.addN(xs).data(), await sum.data())).toBe(0)
    const [only] = xs as [tf.Tensor]
    expect(differingBits(await tf.addN([only]).data(), await only.data())).toBe(0)
    expect(await tf.addN([1, 2, 3].map((k) => tf.scalar(k, "int32"))).data()).toEqual(Int32Array.of(6))
  })
})
