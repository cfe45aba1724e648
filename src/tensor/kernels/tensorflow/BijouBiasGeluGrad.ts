/** `BijouBiasGeluGrad` on TensorFlow; see the wasm kernel of this name. Stock operations have `BijouMlp`. */
import { onTensorflow } from "./operations.ts"

export const bijouBiasGeluGrad = onTensorflow("BijouBiasGeluGrad", {
  library: ({ give, input, run, same }) => {
    const dbias = run("BijouBiasGeluGrad", [input("x"), input("dy")])
    return [same("dy"), give(dbias)]
  },
})
