/** `Reshape` on TensorFlow with the shape known beforehand, which spares a tensor of it for every call; to its own shape it is another handle. */
import { sameShape } from "../../../../exact/frame.ts"
import { float } from "../float.ts"
import { onTensorflow, type Form } from "../operations.ts"

const reshape: Form = (operations, attrs) => {
  const shape = attrs["shape"] as ReadonlyArray<number> // as tfjs passes it; one size may be -1
  const x = operations.input("x")
  return sameShape(x.shape, shape) ? operations.same("x") : operations.give(float(operations).reshape(x, shape))
}

export const reshapeKernel = onTensorflow("Reshape", { library: reshape, stock: reshape })
