/** `BijouGeluGrad`: dy (Phi(x) + x phi(x)), the gradient of `BijouGelu`, within 1e-6 |dy|. Inputs `x` and `dy` (float32). */
import { fromLanes } from "./fromLanes.ts"
import { geluAndSlope } from "./normal.ts"

export const bijouGeluGrad = fromLanes("BijouGeluGrad", {
  tensors: ["x", "dy"],
  numbers: [],
  outputs: 1,
  body: (code, { x, dy }) => [code.mul(dy, geluAndSlope(code, x)[1])],
})
