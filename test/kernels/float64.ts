/**
 * What the float kernels compute, in float64.
 */
// oxlint-disable typescript/no-non-null-assertion -- a wrong index makes NaN here, and NaN fails the test
import type { tf } from "bijou/tensor"

export type Rows = ReadonlyArray<ReadonlyArray<number>>

// --------------------------------------------------------- constructors

/** The rows of a tensor on its last axis. */
export const rowsOf = (x: tf.Tensor): Rows => {
  const [values, width] = [[...x.dataSync()], x.shape.at(-1)!]
  return Array.from({ length: values.length / width }, (_, r) => values.slice(r * width, (r + 1) * width))
}

// ----------------------------------------------------------- combinators

export const mean = (xs: ReadonlyArray<number>): number => xs.reduce((sum, x) => sum + x, 0) / xs.length

const dot = (x: ReadonlyArray<number>, y: ReadonlyArray<number>): number => x.reduce((sum, a, j) => sum + a * y[j]!, 0)

export const turn = (rows: Rows): Rows => rows[0]!.map((_, j) => rows.map((row) => row[j]!))

export const times = (x: Rows, y: Rows): Rows => {
  const columns = turn(y)
  return x.map((row) => columns.map((column) => dot(row, column)))
}

export const columnSums = (rows: Rows): ReadonlyArray<number> =>
  turn(rows).map((column) =>
    dot(
      column,
      column.map(() => 1),
    ),
  )

/** Layer normalization: value, dx, dgain, dbias. */
export const layerNorm = (xs: Rows, gain: ReadonlyArray<number>, bias: ReadonlyArray<number>, dys: Rows) => {
  const scales = xs.map((row) => 1 / Math.sqrt(mean(row.map((a) => (a - mean(row)) ** 2)) + 1e-5))
  const normal = xs.map((row, r) => row.map((a) => (a - mean(row)) * scales[r]!))
  const dx = dys.map((d, r) => {
    const [y, g] = [normal[r]!, d.map((a, j) => a * gain[j]!)]
    const [average, slope] = [mean(g), dot(g, y) / y.length]
    return g.map((a, j) => scales[r]! * (a - average - y[j]! * slope))
  })
  return [
    normal.flatMap((row) => row.map((a, j) => a * gain[j]! + bias[j]!)),
    dx.flat(),
    columnSums(dys.map((d, r) => d.map((a, j) => a * normal[r]![j]!))),
    columnSums(dys),
  ] as const
}
