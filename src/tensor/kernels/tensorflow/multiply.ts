/**
 * `BijouMultiply`: x W over all leading axes of x; or x W^T, where the attribute `transposed` is 1.
 *
 * Inputs `x` (float32 [..., inputs]) and `weight` (float32 [inputs, outputs], or [outputs, inputs] if transposed). Output float32 [..., outputs].
 */
import { float } from "./float.ts"
import { attribute, onTensorflow } from "./operations.ts"

export const bijouMultiply = onTensorflow("BijouMultiply", {
  library: ({ give, input, run }, attrs) =>
    give(run("BijouMultiply", [input("x"), input("weight")], attrs["transposed"] === 1 ? TRANSPOSED : STRAIGHT)),
  stock: (operations, attrs) => {
    const { give, input } = operations
    return give(float(operations).matMul(input("x"), input("weight"), false, attrs["transposed"] === 1))
  },
})

const STRAIGHT = [attribute.flag("transposed", false)]
const TRANSPOSED = [attribute.flag("transposed", true)]
