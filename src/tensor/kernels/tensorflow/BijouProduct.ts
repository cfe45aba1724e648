/**
 * `BijouProduct`: x W over all leading axes of x; or x W^T, where the attribute `turned` is 1.
 *
 * Inputs `x` (float32 [..., inputs]) and `weight` (float32 [inputs, outputs], or [outputs, inputs] if turned). Output float32 [..., outputs].
 */
import { float, rowsOf } from "./float.ts"
import { attribute, onTensorflow, type Handle, type Operations } from "./operations.ts"

export const bijouProduct = onTensorflow("BijouProduct", {
  library: ({ give, input, run }, attrs) =>
    give(run("BijouProduct", [input("x"), input("weight")], { turned: attribute.flag(attrs["turned"] === 1) })),
  stock: (operations, attrs) => {
    const { give, input } = operations
    return give(multiplied(operations, input("x"), input("weight"), attrs["turned"] === 1))
  },
})

/** x W or x W^T of stock operations. */
export const multiplied = (operations: Operations, x: Handle, weight: Handle, turned: boolean): Handle => {
  const { matMul, reshape } = float(operations)
  if (x.shape.length === 2) return matMul(x, weight, false, turned)
  const outputs = weight.shape[turned ? 0 : 1] ?? 1
  return reshape(matMul(reshape(x, rowsOf(x)), weight, false, turned), [...x.shape.slice(0, -1), outputs])
}
