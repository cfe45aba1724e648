/** `BijouWeightGrad` on TensorFlow; see the wasm kernel of this name. */
import { float, rowsOf } from "./float.ts"
import { onTensorflow } from "./operations.ts"

export const bijouWeightGrad = onTensorflow("BijouWeightGrad", {
  library: ({ give, input, run }) => give(run("BijouWeightGrad", [input("x"), input("dy")])),
  stock: (operations) => {
    const { matMul, reshape } = float(operations)
    const [x, dy] = [operations.input("x"), operations.input("dy")]
    return operations.give(matMul(reshape(x, rowsOf(x)), reshape(dy, rowsOf(dy)), true))
  },
})
