/** `BijouTimes` on TensorFlow: every sample times its factor. Input `x` (float32 [batch, ...]), attribute `factor` (a number for each sample). */
import { float } from "./float.ts"
import { numbers, perSample } from "./grid.ts"
import { onTensorflow } from "./operations.ts"

export const bijouTimes = onTensorflow("BijouTimes", {
  library: ({ floats, give, input, run }, attrs) =>
    give(run("BijouTimes", [input("x"), floats(numbers(attrs, "factor"))])),
  stock: (operations, attrs) => {
    const x = operations.input("x")
    return operations.give(float(operations).mul(x, perSample(operations, attrs["factor"], x)))
  },
})
