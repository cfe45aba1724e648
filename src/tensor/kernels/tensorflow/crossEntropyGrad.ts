/** `BijouCrossEntropyGrad` on TensorFlow; see the wasm kernel of this name. */
import { judged } from "./crossEntropy.ts"
import { float, rowsOf } from "./float.ts"
import { onTensorflow } from "./operations.ts"

export const bijouCrossEntropyGrad = onTensorflow("BijouCrossEntropyGrad", {
  library: ({ give, input, run }) => give(run("BijouCrossEntropyGrad", ["logits", "targets", "dy"].map(input))),
  stock: (operations) => {
    const { give, input } = operations
    const { mul, number, reshape } = float(operations)
    const logits = input("logits")
    const [, slopes] = judged(operations)
    const weight = mul(input("dy"), number(1 / rowsOf(logits)[0]))
    return give(reshape(mul(slopes, weight), logits.shape))
  },
})
