/**
 * The checks of a step: the largest activation, which is composed without the op library, and the comparison of bits.
 */
import { differ } from "../spec/differ.ts"
import { largest } from "../spec/largest.ts"
import { float } from "./float.ts"
import { attribute, onTensorflow, TYPE, type Handle, type Operations, type TensorflowKernel } from "./operations.ts"

export const checkKernels: readonly TensorflowKernel[] = [
  onTensorflow(largest, { library: ({ give, inputs, run }) => give(run("BijouLargest", inputs("x"))) }),
  onTensorflow(differ, {
    library: ({ give, inputs, run }) => give(run("BijouDiffer", inputs("x", "y"))),
    stock: (operations) => {
      const { give, inputs } = operations
      const { reshape, sum, toFloat } = float(operations)
      const [x, y] = inputs("x", "y")
      const differing = x.dtype === TYPE.float32 ? differingNumbers(operations, x, y) : notEqual(operations, x, y)
      return give(sum(reshape(toFloat(differing), [-1]), [0], false))
    },
  }),
]

const TO_BITS = [attribute.type("type", "int32")]

/** Returns the elements whose bits differ, unless both are NaN. */
const differingNumbers = (operations: Operations, x: Handle, y: Handle): Handle => {
  const { run } = operations
  const bits = (z: Handle) => run("Bitcast", [z], TO_BITS)
  const bothNaN = run("LogicalAnd", [notEqual(operations, x, x), notEqual(operations, y, y)])
  return run("LogicalAnd", [notEqual(operations, bits(x), bits(y)), run("LogicalNot", [bothNaN])])
}

const notEqual = ({ run }: Operations, x: Handle, y: Handle): Handle => run("NotEqual", [x, y])
