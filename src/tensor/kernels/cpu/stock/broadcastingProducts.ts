/**
 * `BatchMatMul` and `_FusedMatMul` on cpu with broadcast batches. The stock kernels only repeat the smaller batch
 * cyclically, which pairs the wrong slices for some shapes.
 *
 * This kernel broadcasts the operands to the whole batch first, for which the stock kernels are correct.
 */
import { sameShape, sizeOf } from "../../../../exact/frame.ts"
import { tf } from "../../../tf.ts"
import { implement, stockOn, type Implementation } from "../../implement.ts"
import type { Contract, One } from "../../spec/Kernel.ts"
import { batchMatMul, fusedMatMul } from "../../spec/stock.ts"
import { asCpu, fromCpu, type Access } from "../Access.ts"

const broadcasting = <I extends { readonly a: One; readonly b: One }, A extends object>(
  contract: Contract<I, A, One>,
): Implementation => {
  const stock = stockOn(contract, "cpu")
  if (stock === undefined) throw new Error(`The backend cpu has no stock kernel ${contract.name}.`)
  return implement(contract, "cpu", asCpu, (cpu, inputs, attributes) => {
    const { a, b } = inputs
    const [own, other] = [a.shape.slice(0, -2), b.shape.slice(0, -2)]
    const isSingle = sizeOf(own) * sizeOf(other) > 0 && Math.min(sizeOf(own), sizeOf(other)) === 1
    if (sameShape(own, other) || isSingle) return stock(cpu, inputs, attributes)
    const batch = tf.broadcast_util.assertAndGetBroadcastShape(own, other)
    const spreads = { a: spread(fromCpu(cpu), a, batch), b: spread(fromCpu(cpu), b, batch) }
    try {
      return stock(cpu, { ...inputs, ...spreads }, attributes)
    } finally {
      for (const { dataId } of Object.values(spreads)) cpu.disposeData(dataId)
    }
  })
}

/** Copies each slice to every position of the batch that uses it. */
const spread = (access: Access, x: tf.TensorInfo, batch: ReadonlyArray<number>): tf.TensorInfo => {
  const slice = x.shape.slice(-2)
  const size = sizeOf(slice)
  const out = access.output([...batch, ...slice], x.dtype)
  access.touch(x)
  const [values, whole] = [access.view(x), access.view(out)]
  for (const [place, from] of places(x.shape.slice(0, -2), batch).entries())
    whole.set(values.subarray(from * size, (from + 1) * size), place * size)
  return out
}

/** Returns the index of the slice for every position of the batch. */
const places = (given: ReadonlyArray<number>, batch: ReadonlyArray<number>): ReadonlyArray<number> =>
  batch.reduce<ReadonlyArray<number>>(
    (found, size, axis) => {
      const own = given[axis - batch.length + given.length] ?? 1
      return found.flatMap((at) => Array.from({ length: size }, (_, i) => (own === 1 ? at : at * size + i)))
    },
    [0],
  )

export const broadcastingProducts: readonly Implementation[] = [broadcasting(batchMatMul), broadcasting(fusedMatMul)]
