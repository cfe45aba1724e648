/** `BijouBiasGrad`: the sums over all axes but the last, the gradient of a bias. Input `dy` (float32 [..., width]). Output float32 [width]. */
import { float } from "./float.ts"
import { onTensorflow } from "./operations.ts"

export const bijouBiasGrad = onTensorflow("BijouBiasGrad", {
  library: ({ give, input, run }) => give(run("BijouBiasGrad", [input("dy")])),
  stock: (operations) => operations.give(float(operations).columnSums(operations.input("dy"))),
})
