/**
 * What every backend reports about inputs that do not fit, about empty tensors, and about a few edge cases.
 */
import { describe, expect, it } from "vitest"
import { Key } from "../../src/core/Key.ts"
import { gpt } from "../../src/net/Gpt.ts"
import { Attention } from "../../src/residual/Attention.ts"
import { ClassifierLoss } from "../../src/residual/ClassifierLoss.ts"
import { crossEntropy } from "../../src/residual/crossEntropy.ts"
import { Embedding } from "../../src/residual/Embedding.ts"
import { LayerNorm } from "../../src/residual/LayerNorm.ts"
import { Linear } from "../../src/residual/Linear.ts"
import { Mlp } from "../../src/residual/Mlp.ts"
import { multiply } from "../../src/residual/multiply.ts"
import { ownKernels } from "../../src/tensor/kernels/kernels.ts"
import { check, dispatch, useKernels } from "../../src/tensor/kernels/dispatch.ts"
import { adamW } from "../../src/tensor/kernels/spec/adamW.ts"
import { biasGelu } from "../../src/tensor/kernels/spec/biasGelu.ts"
import { inverse } from "../../src/tensor/kernels/spec/inverse.ts"
import type { InputsOf, Kernel, Outputs } from "../../src/tensor/kernels/spec/Kernel.ts"
import { KERNELS } from "../../src/tensor/kernels/spec/kernels.ts"
import { weightGrad } from "../../src/tensor/kernels/spec/multiply.ts"
import { update } from "../../src/tensor/kernels/spec/update.ts"
import { tensorEnv } from "../../src/tensor/values/tensorWatch.ts"
import { tf } from "../../src/tensor/tf.ts"
import { AdamW } from "../../src/train/AdamW.ts"
import { trainStep } from "../../src/train/step.ts"

const sizes = { width: 8, heads: 2, depth: 2, fractionBits: 9, dropout: 0 }

const zeros = (...shape: number[]): tf.Tensor => tf.zeros(shape)

const wholes = (...shape: number[]): tf.Tensor => tf.zeros(shape, "int32")

const linear = (inputs: number, outputs: number, bias = outputs) => ({
  weight: zeros(inputs, outputs),
  bias: zeros(bias),
})

/** Calls whose shapes do not fit, and their messages. */
const misfits: Readonly<Record<string, readonly [call: () => unknown, sentence: RegExp]>> = {
  "targets of another length": [
    () => crossEntropy(zeros(2, 4, 7), wholes(2, 5)),
    /targets is int32 \[2, 5\].*\[2, 4, 7\]/,
  ],
  "targets of another length beside a classifier": [
    () =>
      ClassifierLoss.make(3, 7, 2).apply({ unembed: zeros(3, 7) }, [zeros(2, 4, 3), wholes(2, 5)], { _tag: "None" }),
    /targets is int32 \[2, 5\].*\[2, 4, 3\]/,
  ],
  "a bias of one number": [() => Linear.apply(linear(2, 3, 1), zeros(4, 2)), /bias is float32 \[1\].*float32 \[3\]/],
  "a gain of one number": [
    () => LayerNorm.apply({ gain: zeros(1), bias: zeros(4) }, zeros(2, 4)),
    /gain is float32 \[1\].*float32 \[4\]/,
  ],
  "inner sizes that differ": [() => multiply(zeros(2, 3), zeros(4, 5)), /weight is float32 \[4, 5\].*\[2, 3\]/],
  "a width that is not three times the heads": [
    () => Attention.mix(zeros(1, 2, 8), 2, "full"),
    /qkv is float32 \[1, 2, 8\]/,
  ],
  "a mask of another length": [
    () => Attention.mixSeen(zeros(1, 2, 12), wholes(1, 3), 2, "full"),
    /seen is int32 \[1, 3\].*int32 \[1, 2\]/,
  ],
  "a perceptron whose layers do not meet": [
    () => Mlp.apply({ up: linear(3, 4), down: linear(5, 3) }, zeros(2, 3)),
    /w2 is float32 \[5, 3\]/,
  ],
  "ids without a batch": [
    () => Embedding.apply({ tokens: zeros(4, 3), positions: zeros(2, 3) }, wholes(2)),
    /ids is int32 \[2\]/,
  ],
  "no rows": [() => crossEntropy(zeros(0, 7), wholes(0)), /no row/],
}

/** Expects a custom kernel to refuse inputs, both in its check and in its call. */
const refuses = <I extends object, A extends object, O extends Outputs>(
  kernel: Kernel<I, A, O>,
  inputs: InputsOf<I, tf.Tensor>,
  attributes: A,
): void => {
  expect(() => check(kernel, inputs, attributes), kernel.name).toThrow(/ is |are /)
  expect(() => dispatch<I, A, O>(kernel, inputs, ...([attributes] as never)), kernel.name).toThrow(/ is |are /)
}

/** Calls of custom kernels with inputs that do not fit. */
const kernels: readonly (() => void)[] = [
  () =>
    refuses(
      adamW,
      { p: zeros(2), m: zeros(2), v: zeros(2), grad: zeros(1), shrink: tf.scalar(1) },
      { beta1: 0.9, rest1: 0.1, beta2: 0.9, rest2: 0.1, keep: 1, rate: 1, correction: 1, epsilon: 1 },
    ),
  () => refuses(biasGelu, { x: zeros(2, 4), bias: zeros(1) }, { form: "erf" }),
  () =>
    refuses(
      inverse,
      { x: zeros(2, 40), next: zeros(2, 40), h: zeros(2, 40), words: wholes(1) },
      { gamma: [0.5, 0.5], own: [1, 1], change: [1, 1], scale: 1, step: 1 },
    ),
  () =>
    refuses(
      update,
      { previous: zeros(2, 40), x: zeros(2, 40), h: zeros(1, 40) },
      { gamma: [0.5, 0.5], own: [1, 1], change: [1, 1], scale: 1, step: 1 },
    ),
  () => refuses(weightGrad, { x: zeros(4, 2), dy: zeros(3, 2) }, {}),
]

/** Kernels of TensorFlow.js that are called by name with inputs that do not fit. */
const stock: Readonly<Record<string, () => readonly [inputs: tf.NamedTensorMap, attrs?: object]>> = {
  Tile: () => [{ x: zeros(2, 2) }, { reps: [2] }],
  Transpose: () => [{ x: zeros(2, 2) }, { perm: [0, 0] }],
}

/** Operations, and their results for tensors with a size of zero. */
const ofNothing: Readonly<Record<string, readonly [of: () => tf.Tensor, values: readonly number[]]>> = {
  "sum of no rows": [() => zeros(0, 3).sum(0), [0, 0, 0]],
  "sum of rows without columns": [() => zeros(1, 0).sum(0), []],
  "sum of columns without any": [() => zeros(2, 0).sum(1), [0, 0]],
  "sum in the middle": [() => zeros(2, 0, 4).sum(1), [0, 0, 0, 0, 0, 0, 0, 0]],
  product: [() => zeros(2, 0).prod(1), [1, 1]],
  greatest: [() => zeros(2, 0).max(1), [-Infinity, -Infinity]],
  least: [() => zeros(0, 2).min(0), [Infinity, Infinity]],
  "greatest in the middle of an empty rest": [() => zeros(0, 2, 3).max(1), []],
  mean: [() => zeros(2, 0).mean(1), [NaN, NaN]],
  all: [() => zeros(2, 0).toBool().all(1), [1, 1]],
  any: [() => zeros(2, 0).toBool().any(1), [0, 0]],
  "matrix product over no terms": [() => tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])), [0, 0, 0, 0, 0, 0]],
  "fused matrix product over no terms": [
    () => tf.fused.matMul({ a: tf.zeros([1, 0]), b: tf.zeros([0, 2]), bias: tf.ones([2]) }),
    [1, 1],
  ],
  "softmax of no rows": [() => tf.softmax(zeros(0, 3)), []],
  "softmax of rows without columns": [() => tf.softmax(zeros(2, 0)), []],
  concat: [() => tf.concat([zeros(0, 2), tf.ones([1, 2])]), [1, 1]],
  pad: [() => zeros(0).pad([[1, 1]], 3), [3, 3]],
  gather: [() => tf.gather(tf.ones([2, 2]), wholes(0)), []],
  transpose: [() => zeros(2, 0, 3).transpose(), []],
  tile: [() => zeros(2, 0).tile([2, 2]), []],
  slice: [() => zeros(2, 0).slice([0, 0], [1, 0]), []],
  relu: [() => tf.relu(zeros(0, 2)), []],
  add: [() => tf.add(zeros(0, 2), tf.ones([2])), []],
  where: [() => tf.where(zeros(0).toBool(), zeros(0), zeros(0)), []],
  segments: [() => tf.unsortedSegmentSum(zeros(0, 2), wholes(0).as1D(), 2), [0, 0, 0, 0]],
  "no greatest ones": [() => tf.topk(zeros(2, 0), 0).values, []],
  "greatest ones of no rows": [() => tf.topk(zeros(0, 3), 2).indices, []],
  linear: [() => Linear.apply(linear(2, 3), zeros(0, 2)), []],
  "LayerNorm of no rows": [() => LayerNorm.apply({ gain: zeros(2), bias: zeros(2) }, zeros(0, 2)), []],
  "attention of no tokens": [() => Attention.mix(zeros(1, 0, 12), 2, "causal"), []],
  "attention of no samples": [() => Attention.mix(zeros(0, 2, 12), 2, "full"), []],
  "gradient of a weight over no rows": [
    () => tf.grad((w: tf.Tensor) => multiply(zeros(0, 2), w).sum())(tf.ones([2, 1])),
    [0, 0],
  ],
  "gradient of a mean of nothing": [() => tf.grad((x: tf.Tensor) => tf.relu(x).sum())(zeros(2, 0)), []],
}

/** Registers the tests. `start` selects a backend. */
export const inputTests = (backend: string, start: () => Promise<boolean>, isSkipped = false): void => {
  const on = (choice: "own" | "composed", body: () => void | Promise<void>) => async () => {
    if (!(await start())) return
    useKernels(choice)
    tf.engine().startScope()
    try {
      await body()
    } finally {
      tf.engine().endScope()
      useKernels("own")
    }
  }
  describe.skipIf(isSkipped)(`on ${backend}`, () => {
    it(
      "every custom kernel has a contract, which checks its inputs",
      on("own", () => {
        const own = ownKernels(tf.getBackend()).filter((name) => name.startsWith("Bijou"))
        expect(own.filter((name) => !KERNELS.has(name))).toEqual([])
      }),
    )
    for (const choice of ["own", "composed"] as const) {
      for (const [name, [call, sentence]] of Object.entries(misfits))
        it(
          `${name} is refused by ${choice} kernels, with both shapes`,
          on(choice, () => {
            expect(call).toThrow(sentence)
            expect(call).toThrow(expect.objectContaining({ _tag: "ShapeMismatch" }))
          }),
        )
      for (const [name, [of, values]] of Object.entries(ofNothing))
        it(
          `${name} has its value for empty inputs, by ${choice} kernels`,
          on(choice, async () => {
            expect([...(await of().data())]).toEqual(values)
          }),
        )
      it(
        `a logit of -Infinity excludes a class, by ${choice} kernels`,
        on(choice, async () => {
          const logits = tf.tensor2d([[0, -Infinity, 1]])
          const loss = (target: number) => (x: tf.Tensor) => crossEntropy(x, tf.tensor1d([target], "int32"))
          const [value] = await loss(2)(logits).data()
          expect(Math.abs((value ?? NaN) - Math.log(1 + Math.exp(-1)))).toBeLessThan(1e-6)
          const gradient = await tf.grad(loss(2))(logits).data()
          const share = 1 / (1 + Math.E)
          for (const [i, right] of [share, 0, -share].entries())
            expect(Math.abs((gradient[i] ?? NaN) - right)).toBeLessThan(1e-6)
          expect((await loss(1)(logits).data())[0]).toBe(Infinity)
        }),
      )
      it(
        `long rows with a large mean are normalized as in float64, and their gradients, by ${choice} kernels`,
        on(choice, async () => {
          const width = 65_536
          const x = Float32Array.from({ length: width }, (_, i) => 30_000 + ((i * 7919) % 1024) / 256)
          const dy = Float32Array.from({ length: width }, (_, i) => 3 + ((i * 31) % 251) / 64)
          const mean = (of: (i: number) => number) => x.reduce((sum, _, i) => sum + of(i), 0) / width
          const [at, slope] = [(i: number) => x[i] ?? NaN, (i: number) => dy[i] ?? NaN]
          const center = mean(at)
          const scale = 1 / Math.sqrt(mean((i) => (at(i) - center) ** 2) + 1e-5)
          const y = (i: number) => (at(i) - center) * scale
          const [average, tilt] = [mean(slope), mean((i) => slope(i) * y(i))]
          const params = { gain: tf.ones([width]), bias: zeros(width) }
          const apply = (row: tf.Tensor) => LayerNorm.apply(params, row)
          const row = tf.tensor2d(x, [1, width])
          const most = async (found: tf.Tensor, right: (i: number) => number) =>
            Float32Array.from(await found.data()).reduce((so, value, i) => Math.max(so, Math.abs(value - right(i))), 0)
          expect(await most(apply(row), y)).toBeLessThan(4e-6)
          const dx = tf.grad(apply)(row, tf.tensor2d(dy, [1, width]))
          expect(await most(dx, (i) => scale * (slope(i) - average - y(i) * tilt))).toBeLessThan(3e-5)
        }),
      )
    }
    it(
      "custom kernels refuse what does not fit, and so do kernels called by name",
      on("own", () => {
        for (const refuse of kernels) refuse()
        for (const [name, given] of Object.entries(stock)) {
          if (tf.getKernel(name, tf.getBackend()) === undefined || !ownKernels(tf.getBackend()).includes(name)) continue
          const [inputs, attrs] = given()
          expect(() => tf.engine().runKernel(name, inputs, attrs as never), name).toThrow(/ is |are /)
        }
      }),
    )
    for (const shape of [
      [1, 0],
      [0, 4],
    ])
      it(
        `a training step on tokens [${shape.join(", ")}] is refused, and leaks no tensor`,
        on("own", async () => {
          const { bijection: network } = gpt({ ...sizes, vocabulary: 11, context: 4 })
          const params = network.params.init(Key.fromSeed(1))
          const trained = { params, state: AdamW.init(network.params, params) }
          const tokens = [wholes(...shape), wholes(...shape)] as const
          const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()]
          const env = tensorEnv({ params, seed: 1, step: 0, samples: shape[0] === 0 ? [] : [0] })
          const result = await trainStep(network, trained, tokens, env, 0.1, AdamW.config)()
          expect(result).toMatchObject({ _tag: "Left", left: { _tag: "ShapeMismatch" } })
          expect(result).toMatchObject({ left: { message: expect.stringMatching(/no row.*at least one/) as unknown } })
          expect([tf.memory().numTensors, tf.engine().backend.numDataIds()]).toEqual(before)
        }),
      )
    it(
      "an equation over no terms is zeros, or missing",
      on("own", async () => {
        const sums = () => tf.einsum("ij,jk->ik", zeros(2, 0), zeros(0, 3))
        if (tf.getKernel("Einsum", tf.getBackend()) === undefined) expect(sums).toThrow("Einsum")
        else {
          expect([...(await sums().data())]).toEqual([0, 0, 0, 0, 0, 0])
          expect(tf.einsum("ij,kj->ik", zeros(0, 3), zeros(2, 3)).shape).toEqual([0, 2])
        }
      }),
    )
    it(
      "segments of int32 stay int32",
      on("own", async () => {
        const sums = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3], "int32"), tf.tensor1d([0, 1, 0], "int32"), 2)
        expect([sums.dtype, ...(await sums.data())]).toEqual(["int32", 4, 2])
      }),
    )
    it(
      "an empty axis has no greatest place",
      on("own", () => {
        expect(() => zeros(2, 0).argMax(1)).toThrow("needs a nonempty axis")
      }),
    )
  })
}
