/** Kernels of TensorFlow.js that are replaced: sums and matrix products by the library, and changes of shape. */
import { sameShape } from "../../../../exact/frame.ts"
import { tf } from "../../../tf.ts"
import { stock } from "../../spec/stock.ts"
import { float } from "../float.ts"
import { attribute, onTensorflow, TYPE, type Handle, type Operations, type TensorflowKernel } from "../operations.ts"

/** The shape is known beforehand, which saves a tensor of it in every call; to its own shape it is another handle. */
const reshape = (operations: Operations<"x">, { shape }: tf.ReshapeAttrs): tf.TensorInfo => {
  const x = operations.input("x")
  return sameShape(x.shape, shape) ? operations.same("x") : operations.give(float(operations).reshape(x, shape))
}

export const replacedKernels: readonly TensorflowKernel[] = [
  // By the library's threads for two float32 tensors of one shape, and by TensorFlow for all others. Sums come between other operations of the
  // library everywhere in a step, and two teams of threads would take the cores from each other.
  onTensorflow(stock<tf.AddInputs, {}>(tf.Add), {
    library: ({ give, inputs, run }) => {
      const [a, b] = inputs("a", "b")
      return give(run(areFloats(a, b) && sameShape(a.shape, b.shape) ? "BijouAdd" : "AddV2", [a, b]))
    },
  }),
  // So that plain TensorFlow.js code multiplies with the library as layers do. Other types than float32, and batches that broadcast in any way
  // but one matrix for all of a's, go to TensorFlow.
  onTensorflow(stock<tf.BatchMatMulInputs, tf.BatchMatMulAttrs>(tf.BatchMatMul), {
    library: ({ give, inputs, run }, { transposeA, transposeB }) => {
      const [a, b] = inputs("a", "b")
      const named = (left: string, right: string) => [
        attribute.flag(left, transposeA),
        attribute.flag(right, transposeB),
      ]
      const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)]
      const isOne = batchB.length <= batchA.length && batchB.every((size) => size === 1)
      return areFloats(a, b) && (sameShape(batchA, batchB) || isOne)
        ? give(run("BijouMatMul", [a, b], named("transpose_a", "transpose_b")))
        : give(run("BatchMatMulV2", [a, b], named("adj_x", "adj_y")))
    },
  }),
  onTensorflow(stock<tf.ReshapeInputs, tf.ReshapeAttrs>(tf.Reshape), { library: reshape, stock: reshape }),
]

const areFloats = (a: Handle, b: Handle): boolean => a.dtype === TYPE.float32 && b.dtype === TYPE.float32
