/** `BijouAffine`: x W + b on the last axis. Inputs `x` (float32 [..., inputs]), `weight` ([inputs, outputs]) and `bias` ([outputs]). */
import { float } from "./float.ts"
import { onTensorflow } from "./operations.ts"

export const bijouAffine = onTensorflow("BijouAffine", {
  library: ({ give, input, run }) => give(run("BijouAffine", ["x", "weight", "bias"].map(input))),
  stock: (operations) => {
    const { give, input } = operations
    const { addBias, matMul } = float(operations)
    return give(addBias(matMul(input("x"), input("weight")), input("bias")))
  },
})
