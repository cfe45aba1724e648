/** `BijouAffineGelu`: a = x W + b, and gelu(a). Inputs as those of `BijouAffine`. */
import { multiplied } from "./BijouMultiply.ts"
import { float } from "./float.ts"
import { cumulative } from "./gelu.ts"
import { onTensorflow } from "./operations.ts"

export const bijouAffineGelu = onTensorflow("BijouAffineGelu", {
  library: ({ give, input, runForAll }) =>
    runForAll("BijouAffineGelu", ["x", "weight", "bias"].map(input), 2).map(give),
  stock: (operations) => {
    const { give, input } = operations
    const { addBias, mul } = float(operations)
    const a = addBias(multiplied(operations, input("x"), input("weight"), false), input("bias"))
    const activated = mul(a, cumulative(operations, a))
    return [give(a), give(activated)]
  },
})
