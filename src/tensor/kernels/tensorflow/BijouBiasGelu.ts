/** `BijouBiasGelu` on TensorFlow; see the wasm kernel of this name. Stock operations have `BijouMlp`. */
import { onTensorflow } from "./operations.ts"

export const bijouBiasGelu = onTensorflow("BijouBiasGelu", {
  library: ({ give, input, run, same }) => {
    const activated = run("BijouBiasGelu", [input("x"), input("bias")])
    return [same("x"), give(activated)]
  },
})
