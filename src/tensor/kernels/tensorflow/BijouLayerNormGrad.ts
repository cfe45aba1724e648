/** `BijouLayerNormGrad` on TensorFlow; see the wasm kernel of this name. */
import { normalized } from "./BijouLayerNorm.ts"
import { float } from "./float.ts"
import { onTensorflow } from "./operations.ts"

export const bijouLayerNormGrad = onTensorflow("BijouLayerNormGrad", {
  library: ({ give, input, runForAll }) => runForAll("BijouLayerNormGrad", ["x", "gain", "dy"].map(input), 3).map(give),
  stock: (operations) => {
    const { give, input } = operations
    const { columnSums, mean, mul, sub } = float(operations)
    const dy = input("dy")
    const { y, r } = normalized(operations, input("x"))
    const slope = mul(dy, input("gain"))
    const along = mul(y, mean(mul(slope, y), [-1], true))
    const dx = mul(r, sub(sub(slope, mean(slope, [-1], true)), along))
    return [give(dx), give(columnSums(mul(dy, y))), give(columnSums(dy))]
  },
})
