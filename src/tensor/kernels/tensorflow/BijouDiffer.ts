/** `BijouDiffer` on TensorFlow; see the typed kernel of this name. Without the op library it is composed. */
import { onTensorflow } from "./operations.ts"

export const bijouDiffer = onTensorflow("BijouDiffer", {
  library: ({ give, input, run }) => {
    const [x, y] = [input("x"), input("y")]
    return give(run("BijouDiffer", [x, y], { T: { type: 4, value: x.dtype } }))
  },
})
