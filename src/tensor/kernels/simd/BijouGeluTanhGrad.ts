/** `BijouGeluTanhGrad`: dy times the derivative of GELU by tanh, within 2e-6 |dy|. Inputs `x` and `dy` (float32). */
import { fromLanes } from "../wasm/fromLanes.ts"
import { geluTanhAndSlope } from "../wasm/geluTanh.ts"

export const bijouGeluTanhGrad = fromLanes("BijouGeluTanhGrad", {
  tensors: ["x", "dy"],
  numbers: [],
  outputs: 1,
  body: (code, { x, dy }) => [code.mul(dy, geluTanhAndSlope(code, x)[1])],
})
