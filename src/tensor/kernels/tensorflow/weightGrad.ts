/** `BijouWeightGrad` on TensorFlow; see the wasm kernel of this name. */
import { float, rowsOf } from "./float.ts"
import { onTensorflow, type Handle, type Operations } from "./operations.ts"

export const bijouWeightGrad = onTensorflow("BijouWeightGrad", {
  library: ({ give, input, run }) => give(run("BijouWeightGrad", [input("x"), input("dy")])),
  stock: (operations) => operations.give(weightGrad(operations, operations.input("x"), operations.input("dy"))),
})

/** x^T dy of stock operations. */
export const weightGrad = (operations: Operations, x: Handle, dy: Handle): Handle => {
  const { matMul, reshape } = float(operations)
  return matMul(reshape(x, rowsOf(x)), reshape(dy, rowsOf(dy)), true)
}
