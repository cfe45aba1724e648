/**
 * The fused kernels of layers against float64, and for the same bits in a second run and next to other samples.
 */
// oxlint-disable typescript/no-non-null-assertion -- a wrong index makes NaN here, and NaN fails the test
import { Params } from "bijou"
import { AdamW, Attention, crossEntropy, gelu, geluTanh, LayerNorm, Linear, Mlp, multiply } from "bijou/net"
import { mapTensors, tensor, tensorsIn, tf, useBackend } from "bijou/tensor"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { dispatch } from "../../src/tensor/kernels/dispatch.ts"
import { weightGrad } from "../../src/tensor/kernels/spec/multiply.ts"
import { setSgemm, type Sgemm } from "../../src/tensor/kernels/wasm/sgemm.ts"
import { distances, expectNoGradientOfPadding, padded, ways } from "./attention64.ts"
import { layerNorm, mean, rowsOf, type Rows } from "./float64.ts"
import { bitsOf, distance, noise } from "../support/specimens.ts"

/** Value and gradients of a function of tensors, for a cotangent that is not symmetric. */
const sweep = (f: (...xs: tf.Tensor[]) => tf.Tensor, xs: ReadonlyArray<tf.Tensor>) => {
  const value = f(...xs)
  const dy = noise(value.shape, 77)
  return { value, dy, grads: tf.grads(f)([...xs], dy) }
}

/** Checks for the same bits twice, and for each sample alone. */
const repeats = (f: (...xs: tf.Tensor[]) => tf.Tensor, x: tf.Tensor, ...others: tf.Tensor[]): void => {
  const { value, dy, grads } = sweep(f, [x, ...others])
  const again = sweep(f, [x, ...others])
  expect([value, ...grads].map(bitsOf)).toEqual([again.value, ...again.grads].map(bitsOf))
  const samples = x.shape[0]!
  const part = (t: tf.Tensor, i: number) => t.slice([i], [1])
  for (let i = 0; i < samples; i++) {
    const one = part(x, i)
    expect(bitsOf(f(one, ...others))).toEqual(bitsOf(part(value, i)))
    const [dx] = tf.grads(f)([one, ...others], part(dy, i))
    expect(bitsOf(dx!)).toEqual(bitsOf(part(grads[0]!, i)))
  }
}

beforeAll(() => useBackend("wasm"))

describe("layer normalization on wasm", () => {
  const norm = (x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor) => LayerNorm.apply({ gain, bias }, x)
  const given = (rows: number, width: number) =>
    [noise([rows, width], 1, 3).add(1), noise([width], 2), noise([width], 3)] as const

  it.each([
    [1, 1],
    [3, 2],
    [5, 7],
    [200, 13],
    [65, 128],
  ])("of %i rows of %i is within 3e-6 of float64, and so are its gradients", (rows, width) => {
    const [x, gain, bias] = given(rows, width)
    const { value, dy, grads } = sweep(norm, [x, gain, bias])
    const [g, b] = [[...gain.dataSync()], [...bias.dataSync()]]
    const [xs, dys] = [rowsOf(x), rowsOf(dy)]
    const exact = layerNorm(xs, g, b, dys)
    for (const [i, found] of [value, ...grads].entries())
      // dx is close to 0 there.
      if (width > 2 || i !== 1) expect(distance(found.dataSync(), exact[i]!)).toBeLessThan(3e-6)
  })

  it("has the same bits twice, and next to any other rows", () => repeats(norm, ...given(9, 10)))
})

/** A matrix product in loops, used as a BLAS. */
const loops: Sgemm = {
  name: "loops",
  least: 1,
  multiply: ({ buffer }, { m, n, k, transposeA, transposeB, strideA, strideB, strideOut }, a, b, out) => {
    const heap = new Float32Array(buffer)
    const left = (i: number, l: number) => heap[a / 4 + (transposeA ? l * strideA + i : i * strideA + l)]!
    const right = (l: number, j: number) => heap[b / 4 + (transposeB ? j * strideB + l : l * strideB + j)]!
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let l = 0; l < k; l++) sum = Math.fround(sum + Math.fround(left(i, l) * right(l, j)))
        heap[out / 4 + i * strideOut + j] = sum
      }
  },
}

describe.each([
  ["in lanes", null],
  ["by plugged-in products", loops],
] as const)("attention on wasm, %s", (_, sgemm) => {
  beforeAll(() => setSgemm(sgemm))
  afterAll(() => setSgemm(null))

  const given = (batch: number, time: number, heads: number, size: number) =>
    noise([batch, time, 3 * heads * size], 4, 2)

  const shapes = [
    [1, 1, 1, 1],
    [2, 3, 2, 2],
    [1, 5, 1, 3],
    [2, 9, 2, 5],
    [1, 17, 2, 8],
    [1, 65, 1, 12],
    [1, 150, 3, 4], // more weights than are cached: two heads, then one
  ] as const

  describe.each(["full", "causal"] as const)("%s", (reach) => {
    describe.each(ways(reach))("$way", ({ sees, mix }) => {
      it.each(shapes)(
        "of %i x %i tokens, %i heads of %i, is within 2e-6 of float64, its gradient within 4e-6",
        (batch, time, heads, size) => {
          const qkv = given(batch, time, heads, size)
          const { value, dy, grads } = sweep((x) => mix(x, heads), [qkv])
          const [x, ds, y, dqkv] = [qkv, dy, value, grads[0]!].map(rowsOf) as [Rows, Rows, Rows, Rows]
          const of = { batch, time, heads, size, causal: reach === "causal", sees }
          const found = distances(of, { qkv: x, dy: ds, y, dqkv })
          expect(found.value).toBeLessThan(2e-6)
          expect(found.gradient).toBeLessThan(4e-6)
        },
      )
    })

    it("has the same bits twice, and next to any other samples", () =>
      repeats((x) => Attention.mix(x, 2, reach), given(3, 7, 2, 3)))

    it("has the same bits with empty padding as without padding", () => {
      const x = given(2, 9, 2, 5)
      const [all, seen] = [
        sweep((x) => Attention.mix(x, 2, reach), [x]),
        sweep((x) => Attention.mixSeen(x, tf.ones([2, 9], "int32"), 2, reach), [x]),
      ]
      expect([seen.value, ...seen.grads].map(bitsOf)).toEqual([all.value, ...all.grads].map(bitsOf))
    })

    it("gives padding that no query sees no gradient, and a query that sees nothing else no gradient of its scores", () => {
      const { qkv, seen } = padded()
      const [dqkv] = sweep((x) => Attention.mixSeen(x, seen, 2, reach), [qkv]).grads
      expectNoGradientOfPadding(rowsOf(dqkv!), reach === "causal")
    })
  })
})

describe.each([
  ["gelu", gelu],
  ["geluTanh", geluTanh],
] as const)("the perceptron of %s on wasm", (name, activation) => {
  const apply = (x: tf.Tensor, w1: tf.Tensor, b1: tf.Tensor, w2: tf.Tensor, b2: tf.Tensor) =>
    Mlp.apply({ up: { weight: w1, bias: b1 }, down: { weight: w2, bias: b2 } }, x, name)
  const given = (rows: number, width: number, hidden: number) =>
    [
      noise([rows, width], 1, 2),
      ...[noise([width, hidden], 2), noise([hidden], 3), noise([hidden, width], 4), noise([width], 5)],
    ] as const

  it.each([
    [1, 1, 1],
    [3, 2, 5],
    [130, 6, 11],
  ])("of %i rows of %i by way of %i has the bits of its parts, and gradients within 3e-6 of theirs", (...sizes) => {
    const parts = (x: tf.Tensor, w1: tf.Tensor, b1: tf.Tensor, w2: tf.Tensor, b2: tf.Tensor) =>
      activation(x.matMul(w1).add(b1)).matMul(w2).add(b2)
    const [fused, composed] = [sweep(apply, given(...sizes)), sweep(parts, given(...sizes))]
    expect(bitsOf(fused.value)).toEqual(bitsOf(composed.value))
    for (const [i, grad] of fused.grads.entries())
      expect(distance(grad.dataSync(), composed.grads[i]!.dataSync())).toBeLessThan(3e-6)
  })

  it("has the same bits twice, and next to any other rows", () => repeats(apply, ...given(6, 4, 7)))

  it("does not change its input and parameters", () => {
    const xs = given(5, 4, 7)
    const before = xs.map(bitsOf)
    sweep(apply, xs)
    expect(xs.map(bitsOf)).toEqual(before)
  })
})

describe("an affine map on wasm", () => {
  const apply = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor) => Linear.apply({ weight, bias }, x)

  it("has the bits of its parts, and so do its gradients, except that of the bias, which is within 1e-6", () => {
    const xs = [noise([3, 5, 4], 1), noise([4, 6], 2), noise([6], 3)] as const
    const parts = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => x.reshape([15, 4]).matMul(w).reshape([3, 5, 6]).add(b)
    const [fused, composed] = [sweep(apply, xs), sweep(parts, xs)]
    const [db, exact] = [fused.grads.pop()!, composed.grads.pop()!]
    expect(distance(db.dataSync(), exact.dataSync())).toBeLessThan(1e-6)
    expect([fused.value, ...fused.grads].map(bitsOf)).toEqual([composed.value, ...composed.grads].map(bitsOf))
  })

  it("without a bias has the bits of the matrix product, gradients too", () => {
    const xs = [noise([3, 5, 4], 1), noise([4, 6], 2)] as const
    const parts = (x: tf.Tensor, w: tf.Tensor) => x.reshape([15, 4]).matMul(w).reshape([3, 5, 6])
    const [fused, composed] = [sweep(multiply, xs), sweep(parts, xs)]
    expect([fused.value, ...fused.grads].map(bitsOf)).toEqual([composed.value, ...composed.grads].map(bitsOf))
  })
})

describe("the gradient of a weight on wasm", () => {
  it.each([
    [1, 1, 1],
    [3, 5, 2],
    [64, 4, 8],
    [65, 9, 13],
    [200, 7, 33],
  ])("of %i rows, %i by %i, has the bits of the matrix product", (rows, m, n) => {
    const [x, dy] = [noise([rows, m], 1), noise([rows, n], 2)]
    expect(bitsOf(dispatch(weightGrad, { x, dy }))).toEqual(bitsOf(tf.matMul(x, dy, true, false)))
  })
})

describe("a step of AdamW", () => {
  it.each([[1], [7], [33]])("on %i numbers has the same bits on wasm, in one kernel, and on cpu", async (size) => {
    const params = Params.struct<{ w: tf.Tensor; b: tf.Tensor }>({
      w: tensor.zeros([2, size]),
      b: tensor.zeros([size]),
    })
    const of = (seed: number, scale: number) => ({
      w: noise([2, size], seed, scale),
      b: noise([size], seed + 1, scale),
    })
    const after = () => {
      const state = {
        mean: of(5, 1e-2),
        square: tf.tidy(() => mapTensors(of(7, 1e-2), tf.abs)),
        beta1Power: 0.9,
        beta2Power: 0.95,
      }
      const given = { params: of(1, 1), grads: of(3, 3), norm: 5, state, learningRate: 1e-3 }
      const next = AdamW.update(AdamW.config, params, given)
      return tensorsIn(next).map(bitsOf)
    }
    const kernel = after()
    await useBackend("cpu")
    const composed = after()
    await useBackend("wasm")
    expect(kernel.length).toBe(6)
    expect(kernel).toEqual(composed)
  })
})

describe("cross-entropy on wasm", () => {
  it.each([
    [1, 1],
    [5, 3],
    [7, 8],
    [9, 257],
  ])("of %i rows of %i classes is within 1e-6 of float64, its gradient within 3e-6", (rows, classes) => {
    const targets = Int32Array.from({ length: rows }, (_, r) => (5 * r + 2) % classes)
    const ids = tf.tensor1d(targets, "int32")
    const logits = noise([rows, classes], 1, 9)
    const found = crossEntropy(logits, ids)
    const exact = rowsOf(logits).map((row, r) => {
      const total = row.reduce((sum, x) => sum + Math.exp(x), 0)
      const gradient = row.map((x, j) => (0.5 * (Math.exp(x) / total - (j === targets[r] ? 1 : 0))) / rows)
      return { loss: Math.log(total) - row[targets[r]!]!, gradient }
    })
    const loss = mean(exact.map((row) => row.loss))
    expect(Math.abs(found.dataSync()[0]! - loss)).toBeLessThan(1e-6 * (1 + loss))
    const grad = tf.grad((x) => crossEntropy(x, ids))(logits, tf.scalar(0.5))
    const gradient = exact.flatMap((row) => row.gradient)
    expect(distance([1, ...grad.dataSync()], [1, ...gradient])).toBeLessThan(3e-6)
    expect(bitsOf(crossEntropy(logits, ids))).toEqual(bitsOf(found))
  })
})
