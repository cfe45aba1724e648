/** The mean cross-entropy and its gradient. */
import { crossEntropy, crossEntropyGrad } from "../spec/crossEntropy.ts"
import { rowsOf } from "../spec/Outcome.ts"
import { float } from "./float.ts"
import { onTensorflow, type Handle, type Operations, type TensorflowKernel } from "./operations.ts"

export const crossEntropyKernels: readonly TensorflowKernel[] = [
  onTensorflow(crossEntropy, {
    library: ({ give, inputs, run }) => give(run("BijouCrossEntropy", inputs("logits", "targets"))),
    stock: (operations) => {
      const [losses] = judged(operations)
      return operations.give(float(operations).mean(losses, [0], false))
    },
  }),
  onTensorflow(crossEntropyGrad, {
    library: ({ give, inputs, run }) => give(run("BijouCrossEntropyGrad", inputs("logits", "targets", "dy"))),
    stock: (operations) => {
      const { give, input } = operations
      const { mul, number, reshape } = float(operations)
      const logits = input("logits")
      const [, slopes] = judged(operations)
      const weight = mul(input("dy"), number(1 / rowsOf(logits.shape)[0]))
      return give(reshape(mul(slopes, weight), logits.shape))
    },
  }),
]

/** Returns the loss of each row, and softmax(x) - oneHot(target). */
const judged = (operations: Operations<"logits" | "targets">): readonly [losses: Handle, slopes: Handle] => {
  const { reshape } = float(operations)
  const [logits, targets] = operations.inputs("logits", "targets")
  const [rows, classes] = rowsOf(logits.shape)
  const flat = [reshape(logits, [rows, classes]), reshape(targets, [rows])]
  return operations.runForAll("SparseSoftmaxCrossEntropyWithLogits", flat, 2)
}
