/** `BijouDiffer` on TensorFlow; see the typed kernel of this name. */
import { float } from "./float.ts"
import { attribute, onTensorflow, TYPE, type Handle, type Operations } from "./operations.ts"

export const bijouDiffer = onTensorflow("BijouDiffer", {
  library: ({ give, input, run }) => {
    const [x, y] = [input("x"), input("y")]
    return give(run("BijouDiffer", [x, y]))
  },
  stock: (operations) => {
    const { give, input } = operations
    const { reshape, sum, toFloat } = float(operations)
    const [x, y] = [input("x"), input("y")]
    const differ = x.dtype === TYPE.float32 ? differingNumbers(operations, x, y) : notEqual(operations, x, y)
    return give(sum(reshape(toFloat(differ), [-1]), [0], false))
  },
})

const TO_BITS = [attribute.type("type", "int32")]

/** Where bits differ and not both are NaN. */
const differingNumbers = (operations: Operations, x: Handle, y: Handle): Handle => {
  const { run } = operations
  const bits = (z: Handle) => run("Bitcast", [z], TO_BITS)
  const bothNaN = run("LogicalAnd", [notEqual(operations, x, x), notEqual(operations, y, y)])
  return run("LogicalAnd", [notEqual(operations, bits(x), bits(y)), run("LogicalNot", [bothNaN])])
}

const notEqual = ({ run }: Operations, x: Handle, y: Handle): Handle => run("NotEqual", [x, y])
