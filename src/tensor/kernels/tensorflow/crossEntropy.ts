/** `BijouCrossEntropy` on TensorFlow; see the wasm kernel of this name. */
import { float, rowsOf } from "./float.ts"
import { onTensorflow, type Handle, type Operations } from "./operations.ts"

export const bijouCrossEntropy = onTensorflow("BijouCrossEntropy", {
  library: ({ give, input, run }) => give(run("BijouCrossEntropy", [input("logits"), input("targets")])),
  stock: (operations) => {
    const [losses] = judged(operations)
    return operations.give(float(operations).mean(losses, [0], false))
  },
})

/** The loss of every row, and softmax(x) - one at the target. */
export const judged = (operations: Operations): readonly [losses: Handle, slopes: Handle] => {
  const { reshape } = float(operations)
  const logits = operations.input("logits")
  const [rows, classes] = rowsOf(logits)
  return operations.runForAll(
    "SparseSoftmaxCrossEntropyWithLogits",
    [reshape(logits, [rows, classes]), reshape(operations.input("targets"), [rows])],
    2,
  ) as unknown as readonly [Handle, Handle] // its two outputs
}
