/** Replacements of TensorFlow.js kernels: sums and matmuls by the library, and reshapes. */
import { sameShape } from "../../../../exact/frame.ts"
import { tf } from "../../../tf.ts"
import { stock } from "../../spec/stock.ts"
import { float } from "../float.ts"
import { attribute, onTensorflow, TYPE, type Handle, type Operations, type TensorflowKernel } from "../operations.ts"

/**
 * Reshapes without the shape tensor that tfjs makes in every call. If the shape does not change, it returns a new
 * handle to the same buffer.
 */
const reshape = (operations: Operations<"x">, { shape }: tf.ReshapeAttrs): tf.TensorInfo => {
  const x = operations.input("x")
  return sameShape(x.shape, shape) ? operations.same("x") : operations.give(float(operations).reshape(x, shape))
}

export const replacedKernels: readonly TensorflowKernel[] = [
  // The library's threads add two float32 tensors of one shape, and TensorFlow adds all others. A step has sums between
  // the library's other operations, and two thread pools would compete for the cores.
  onTensorflow(stock<tf.AddInputs, {}>(tf.Add), {
    library: ({ give, inputs, run }) => {
      const [a, b] = inputs("a", "b")
      return give(run(areFloats(a, b) && sameShape(a.shape, b.shape) ? "BijouAdd" : "AddV2", [a, b]))
    },
  }),
  // This lets plain TensorFlow.js code multiply with the library as layers do. TensorFlow multiplies types other than
  // float32. It also multiplies batches that broadcast, unless one matrix serves the whole batch of a.
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
