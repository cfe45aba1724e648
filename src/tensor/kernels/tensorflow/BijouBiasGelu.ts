/** `BijouBiasGelu` on TensorFlow; see the wasm kernel of this name. Stock operations do not write in place. */
import { float } from "./float.ts"
import { cumulative } from "./gelu.ts"
import { onTensorflow } from "./operations.ts"

export const bijouBiasGelu = onTensorflow("BijouBiasGelu", {
  library: ({ give, input, run, same }) => {
    const activated = run("BijouBiasGelu", [input("x"), input("bias")])
    return [same("x"), give(activated)]
  },
  stock: (operations) => {
    const { give, input } = operations
    const { addBias, mul } = float(operations)
    const a = addBias(input("x"), input("bias"))
    return [give(a), give(mul(a, cumulative(operations, a)))]
  },
})
