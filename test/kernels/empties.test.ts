/**
 * Operations on tensors with an axis of no elements have the shapes, types and values of the definition, which is
 * cpu's, on every backend.
 */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Attention } from "../../src/residual/Attention.ts"
import { gelu } from "../../src/residual/gelu.ts"
import { useBackend } from "../../src/tensor/backend.ts"
import { tf } from "../../src/tensor/tf.ts"
import { startTensorflow, tensorflowIsHere } from "../support/tensorflow.ts"
import { webgpuDevice } from "../support/webgpu.ts"

type Operation = (x: tf.Tensor, axis: number) => tf.Tensor | tf.Tensor[]

/** The axes, rotated by some. */
const turned = (x: tf.Tensor, by: number): number[] => x.shape.map((_, axis) => (axis + by) % x.rank)

const operations: Readonly<Record<string, Operation>> = {
  abs: (x) => x.abs(),
  exp: (x) => x.exp(),
  relu: (x) => x.relu(),
  sqrt: (x) => x.sqrt(),
  tanh: (x) => x.tanh(),
  erf: (x) => x.erf(),
  round: (x) => x.round(),
  isNaN: (x) => tf.isNaN(x),
  toBool: (x) => x.toBool(),
  toInt: (x) => x.toInt(),
  clipByValue: (x) => x.clipByValue(0, 1),
  sum: (x, axis) => x.sum(axis),
  "sum of all": (x) => x.sum(),
  mean: (x, axis) => x.mean(axis, true),
  prod: (x, axis) => x.prod(axis),
  max: (x, axis) => x.max(axis),
  min: (x, axis) => x.min(axis),
  all: (x, axis) => x.toBool().all(axis),
  any: (x, axis) => x.toBool().any(axis),
  softmax: (x) => tf.softmax(x),
  logSumExp: (x, axis) => x.logSumExp(axis),
  cumsum: (x, axis) => x.cumsum(axis),
  add: (x, axis) => x.add(x.slice(0, x.shape.with(axis, Math.min(1, x.shape[axis] ?? 0)))),
  mul: (x) => x.mul(2),
  maximum: (x) => tf.maximum(x, x),
  greater: (x) => x.greater(0),
  where: (x) => tf.where(x.greater(0), x, x.neg()),
  matMul: (x) => tf.matMul(x, x, false, true),
  "matMul of columns": (x) => tf.matMul(x, x, true),
  concat: (x, axis) => tf.concat([x, x], axis),
  stack: (x, axis) => tf.stack([x, x], axis),
  unstack: (x, axis) => ((x.shape[axis] ?? 0) > 0 ? tf.unstack(x, axis) : []),
  split: (x, axis) => tf.split(x, [0, x.shape[axis] ?? 0], axis),
  tile: (x, axis) => x.tile(x.shape.map((_, i) => (i === axis ? 2 : 1))),
  pad: (x, axis) =>
    x.pad(
      x.shape.map((_, i): [number, number] => (i === axis ? [1, 2] : [0, 0])),
      4,
    ),
  reverse: (x, axis) => x.reverse(axis),
  slice: (x, axis) => x.slice(0, x.shape.with(axis, 0)),
  "no strides": (x) => x.stridedSlice(x.shape.map(() => 0), x.shape, x.shape.map(() => 2)), // prettier-ignore
  transpose: (x, axis) => x.transpose(turned(x, axis)),
  expandDims: (x, axis) => x.expandDims(axis),
  gather: (x, axis) => x.gather(tf.tensor1d([], "int32"), axis),
  oneHot: (x) => tf.oneHot(x.toInt(), 3),
  topk: (x) => Object.values(tf.topk(x, Math.min(1, x.shape.at(-1) ?? 0))),
  gelu: (x) => gelu(x),
  attention: (x) => Attention.mix(x.reshape([x.size === 0 ? 0 : 1, x.size, 1]).tile([1, 1, 6]), 2, "causal"),
}

const kinds = Object.entries(operations)

const given = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 }),
    empty: fc.nat(3),
    axis: fc.nat(3),
  })
  .map(({ shape, empty, axis }) => ({ shape: shape.with(empty % shape.length, 0), axis: axis % shape.length }))

const answers = async (of: Operation, shape: number[], axis: number) => {
  tf.engine().startScope()
  try {
    const results = [of(tf.zeros(shape), axis)].flat()
    return await Promise.all(results.map(async (y) => [y.dtype, y.shape, String(await y.data())]))
  } catch (error) {
    return String(error)
  } finally {
    tf.engine().endScope()
  }
}

const all = async (found: readonly { readonly shape: number[]; readonly axis: number }[]) => {
  const read: unknown[] = []
  for (const { shape, axis } of found)
    for (const [name, of] of kinds) read.push([name, shape, axis, await answers(of, shape, axis)])
  return read
}

const started = (name: "wasm" | "webgpu") => async () => {
  await useBackend(name)
}

const backends = {
  wasm: [started("wasm"), true, 12],
  "tensorflow, by the op library": [() => startTensorflow("library"), tensorflowIsHere, 12],
  webgpu: [started("webgpu"), (await webgpuDevice()) !== null, 2],
} as const

describe("an axis without elements", () => {
  for (const [backend, [start, isHere, runs]] of Object.entries(backends))
    it.skipIf(!isHere)(`has the results of cpu on ${backend}`, async () => {
      await start()
      const found = fc.sample(given, { seed: 1, numRuns: runs })
      const read = await all(found)
      await useBackend("cpu")
      const right = await all(found)
      expect(read.filter((one, i) => JSON.stringify(one) !== JSON.stringify(right[i]))).toEqual([])
    })
})
