/**
 * `BijouMultiply`: x W over all leading axes of x; or x W^T, where the attribute `transposed` is 1.
 *
 * Inputs `x` (float32 [..., inputs]) and `weight` (float32 [inputs, outputs], or [outputs, inputs] if transposed). Output float32 [..., outputs].
 */
import { float, rowsOf } from "./float.ts"
import { attribute, onTensorflow, type Handle, type Operations } from "./operations.ts"

export const bijouMultiply = onTensorflow("BijouMultiply", {
  library: ({ give, input, run }, attrs) =>
    give(
      run("BijouMultiply", [input("x"), input("weight")], { transposed: attribute.flag(attrs["transposed"] === 1) }),
    ),
  stock: (operations, attrs) => {
    const { give, input } = operations
    return give(multiplied(operations, input("x"), input("weight"), attrs["transposed"] === 1))
  },
})

/** x W or x W^T of stock operations. */
export const multiplied = (operations: Operations, x: Handle, weight: Handle, transposed: boolean): Handle => {
  const { matMul, reshape } = float(operations)
  if (x.shape.length === 2) return matMul(x, weight, false, transposed)
  const outputs = weight.shape[transposed ? 0 : 1] ?? 1
  return reshape(matMul(reshape(x, rowsOf(x)), weight, false, transposed), [...x.shape.slice(0, -1), outputs])
}
