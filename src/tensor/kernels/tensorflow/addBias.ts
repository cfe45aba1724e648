/** `BijouAddBias` on TensorFlow; see the wasm kernel of this name. Stock operations do not write in place. */
import { float } from "./float.ts"
import { onTensorflow } from "./operations.ts"

export const bijouAddBias = onTensorflow("BijouAddBias", {
  library: ({ input, runForAll, same }) => {
    runForAll("BijouAddBias", [input("x"), input("bias")], 0)
    return same("x")
  },
  stock: (operations) => operations.give(float(operations).addBias(operations.input("x"), operations.input("bias"))),
})
