/** Linear layers: matmul, bias, both in one kernel, and the gradients of weights and biases. */
import { addBias, biasGrad } from "../spec/addBias.ts"
import { affine } from "../spec/affine.ts"
import { multiply, weightGrad } from "../spec/multiply.ts"
import { rowsOf } from "../spec/Outcome.ts"
import { float } from "./float.ts"
import { attribute, onTensorflow, type Handle, type Operations, type TensorflowKernel } from "./operations.ts"

export const linearKernels: readonly TensorflowKernel[] = [
  onTensorflow(multiply, {
    library: ({ give, inputs, run }, { transposed }) =>
      give(run("BijouMultiply", inputs("x", "weight"), transposed ? TRANSPOSED : STRAIGHT)),
    stock: (operations, { transposed }) => {
      const [x, weight] = operations.inputs("x", "weight")
      return operations.give(float(operations).matMul(x, weight, false, transposed))
    },
  }),
  onTensorflow(affine, {
    library: ({ give, inputs, run }) => give(run("BijouAffine", inputs("x", "weight", "bias"))),
    stock: (operations) => {
      const { give, input } = operations
      const { addBias, matMul } = float(operations)
      return give(addBias(matMul(input("x"), input("weight")), input("bias")))
    },
  }),
  // Stock operations do not overwrite x.
  onTensorflow(addBias, {
    library: ({ inputs, runForAll, same }) => {
      runForAll("BijouAddBias", inputs("x", "bias"), 0)
      return same("x")
    },
    stock: (operations) => operations.give(float(operations).addBias(operations.input("x"), operations.input("bias"))),
  }),
  onTensorflow(biasGrad, {
    library: ({ give, inputs, run }) => give(run("BijouBiasGrad", inputs("dy"))),
    stock: (operations) => operations.give(float(operations).columnSums(operations.input("dy"))),
  }),
  onTensorflow(weightGrad, {
    library: ({ give, inputs, run }) => give(run("BijouWeightGrad", inputs("x", "dy"))),
    stock: (operations) => operations.give(pullWeight(operations, operations.input("x"), operations.input("dy"))),
  }),
]

/** Computes x^T dy by stock operations. */
export const pullWeight = (operations: Operations, x: Handle, dy: Handle): Handle => {
  const { matMul, reshape } = float(operations)
  return matMul(reshape(x, rowsOf(x.shape)), reshape(dy, rowsOf(dy.shape)), true)
}

const STRAIGHT = [attribute.flag("transposed", false)]
const TRANSPOSED = [attribute.flag("transposed", true)]
