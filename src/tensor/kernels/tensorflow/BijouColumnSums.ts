/** `BijouColumnSums`: the sums over all axes but the last, the gradient of a bias. Input `x` (float32 [..., width]). Output float32 [width]. */
import { float } from "./float.ts"
import { onTensorflow } from "./operations.ts"

export const bijouColumnSums = onTensorflow("BijouColumnSums", {
  library: ({ give, input, run }) => give(run("BijouColumnSums", [input("x")])),
  stock: (operations) => operations.give(float(operations).columnSums(operations.input("x"))),
})
