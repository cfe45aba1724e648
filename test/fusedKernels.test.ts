/**
 * The fused kernels of layers against float64, and against themselves: twice, and whatever stands beside a sample.
 */
// oxlint-disable typescript/no-non-null-assertion -- a wrong index makes NaN here, and NaN fails the test
import { LayerNorm } from "bijou/residual"
import { tf, useBackend } from "bijou/tensor"
import { beforeAll, describe, expect, it } from "vitest"
import { bitsOf, distance, noise } from "./specimens.ts"

type Rows = ReadonlyArray<ReadonlyArray<number>>

/** The rows of a tensor on its last axis, in float64. */
const rowsOf = (x: tf.Tensor): Rows => {
  const [values, width] = [[...x.dataSync()], x.shape.at(-1)!]
  return Array.from({ length: values.length / width }, (_, r) => values.slice(r * width, (r + 1) * width))
}

const mean = (xs: ReadonlyArray<number>): number => xs.reduce((sum, x) => sum + x, 0) / xs.length

const columns = (rows: Rows): ReadonlyArray<number> =>
  rows[0]!.map((_, j) => rows.reduce((sum, row) => sum + row[j]!, 0))

/** Value and gradients of a function of tensors, for a cotangent that is not symmetric. */
const sweep = (f: (...xs: tf.Tensor[]) => tf.Tensor, xs: ReadonlyArray<tf.Tensor>) => {
  const value = f(...xs)
  const dy = noise(value.shape, 77)
  return { value, dy, grads: tf.grads(f)([...xs], dy) }
}

/** The same bits twice, and for each sample alone. */
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
    const scales = xs.map((row) => 1 / Math.sqrt(mean(row.map((a) => (a - mean(row)) ** 2)) + 1e-5))
    const normal = xs.map((row, r) => row.map((a) => (a - mean(row)) * scales[r]!))
    const dx = dys.map((d, r) => {
      const [y, dg] = [normal[r]!, d.map((a, j) => a * g[j]!)]
      const [average, slope] = [mean(dg), mean(dg.map((a, j) => a * y[j]!))]
      return dg.map((a, j) => scales[r]! * (a - average - y[j]! * slope))
    })
    const exact = [
      normal.flatMap((row) => row.map((a, j) => a * g[j]! + b[j]!)),
      dx.flat(),
      columns(dys.map((d, r) => d.map((a, j) => a * normal[r]![j]!))),
      columns(dys),
    ]
    for (const [i, found] of [value, ...grads].entries())
      if (width > 2 || i !== 1) expect(distance(found.dataSync(), exact[i]!)).toBeLessThan(3e-6) // dx is close to 0 there
  })

  it("has the same bits twice, and whatever rows stand beside a row", () => repeats(norm, ...given(9, 10)))
})
