/** `Reshape` on TensorFlow with the shape known beforehand, which spares a tensor of it for every call. */
import { sizeOf } from "../../../exact/frame.ts"
import { float } from "./float.ts"
import { onTensorflow, type Form } from "./operations.ts"

const reshape: Form = (operations, attrs) => {
  const x = operations.input("x")
  const shape = attrs["shape"] as ReadonlyArray<number> // tfjs has it without a -1
  if (sizeOf(shape) !== sizeOf(x.shape))
    throw new Error(`A tensor of shape [${x.shape}] has not the elements of one of shape [${shape}].`)
  return operations.give(float(operations).reshape(x, shape))
}

export const reshapeKernel = onTensorflow("Reshape", { library: reshape, stock: reshape })
