/** `BijouGeluGrad` on TensorFlow: dy (Phi(x) + x phi(x)). Inputs `x` and `dy` (float32). */
import { geluGrad } from "./gelu.ts"
import { onTensorflow } from "./operations.ts"

export const bijouGeluGrad = onTensorflow("BijouGeluGrad", {
  library: ({ give, input, run }) => give(run("BijouGeluGrad", [input("x"), input("dy")])),
  stock: (operations) => operations.give(geluGrad(operations, operations.input("x"), operations.input("dy"))),
})
