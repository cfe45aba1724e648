/** `BijouGelu` on TensorFlow: x Phi(x). Input `x` (float32). */
import { float } from "./float.ts"
import { cumulative } from "./gelu.ts"
import { onTensorflow } from "./operations.ts"

export const bijouGelu = onTensorflow("BijouGelu", {
  library: ({ give, input, run }) => give(run("BijouGelu", [input("x")])),
  stock: (operations) => {
    const x = operations.input("x")
    return operations.give(float(operations).mul(x, cumulative(operations, x)))
  },
})
