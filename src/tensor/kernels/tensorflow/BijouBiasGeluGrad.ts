/** `BijouBiasGeluGrad` on TensorFlow; see the wasm kernel of this name. Stock operations do not write in place. */
import { float } from "./float.ts"
import { geluGrad } from "./gelu.ts"
import { onTensorflow } from "./operations.ts"

export const bijouBiasGeluGrad = onTensorflow("BijouBiasGeluGrad", {
  library: ({ give, input, run, same }) => {
    const dbias = run("BijouBiasGeluGrad", [input("x"), input("dy")])
    return [same("dy"), give(dbias)]
  },
  stock: (operations) => {
    const { give, input } = operations
    const dx = geluGrad(operations, input("x"), input("dy"))
    const dbias = float(operations).columnSums(dx)
    return [give(dx), give(dbias)]
  },
})
