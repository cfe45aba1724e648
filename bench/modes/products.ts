/**
 * Only the matrix products of the trunk's reversed step: how long the step would take if everything else were free.
 *
 * For each block the residual is evaluated twice, and each product has the gradients of both its operands. The last
 * block's is evaluated once, as if its tape were kept.
 */
import { tf } from "bijou/tensor"
import { firstOf } from "../firstOf.ts"
import { uncounted, type Mode, type Modes } from "../Mode.ts"
import { products as productsOf, trunk as sizes } from "../sizes.ts"

const products = (depth: number): Mode => {
  const given = productsOf(sizes).map(([times, m, k, n]) => {
    const random = (rows: number, columns: number): tf.Tensor =>
      tf.randomNormal(times === 1 ? [rows, columns] : [times, rows, columns])
    return { x: random(m, k), y: random(k, n), dz: random(m, n) }
  })
  const evaluate = () => {
    for (const { x, y } of given) tf.matMul(x, y).dispose()
  }
  const differentiate = () => {
    for (const { x, y, dz } of given) {
      tf.matMul(dz, y, false, true).dispose()
      tf.matMul(x, dz, true, false).dispose()
    }
  }
  const take = async () => {
    for (let k = 0; k < 2 * depth - 1; k++) evaluate()
    for (let k = 0; k < depth; k++) differentiate()
    const last = given.slice(0, 1).map(({ x, y }) => tf.matMul(x, y))
    const corner = await firstOf(last)
    tf.dispose(last)
    return corner
  }
  return { take, measure: uncounted }
}

export const modes: Modes = { products }
