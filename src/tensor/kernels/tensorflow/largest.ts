/** `BijouLargest` on TensorFlow: the largest |x|, or NaN where there is one. Without the op library it is composed. */
import { onTensorflow } from "./operations.ts"

export const bijouLargest = onTensorflow("BijouLargest", {
  library: ({ give, input, run }) => give(run("BijouLargest", [input("x")])),
})
