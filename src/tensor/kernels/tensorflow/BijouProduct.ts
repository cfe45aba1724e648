/**
 * `BijouProduct`: x W over all leading axes of x; or x W^T, where the attribute `turned` is 1.
 *
 * Inputs `x` (float32 [..., inputs]) and `weight` (float32 [inputs, outputs], or [outputs, inputs] if turned). Output float32 [..., outputs].
 */
import { float, rowsOf } from "./float.ts"
import { attribute, onTensorflow } from "./operations.ts"

export const bijouProduct = onTensorflow("BijouProduct", {
  library: ({ give, input, run }, attrs) =>
    give(run("BijouProduct", [input("x"), input("weight")], { turned: attribute.flag(attrs["turned"] === 1) })),
  stock: (operations, attrs) => {
    const { give, input } = operations
    const { matMul, reshape } = float(operations)
    const [x, weight] = [input("x"), input("weight")]
    const turned = attrs["turned"] === 1
    const product = matMul(x.shape.length === 2 ? x : reshape(x, rowsOf(x)), weight, false, turned)
    const outputs = weight.shape[turned ? 0 : 1] ?? 1
    return give(x.shape.length === 2 ? product : reshape(product, [...x.shape.slice(0, -1), outputs]))
  },
})
