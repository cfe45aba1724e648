/** `BijouGeluGrad`: dy (Phi(x) + x phi(x)), the gradient of `BijouGelu`, within 1e-6 |dy|. Inputs `x` and `dy` (float32). */
import { fromLanes } from "./fromLanes.ts"
import { clamp, cumulative, density } from "./normal.ts"

export const bijouGeluGrad = fromLanes("BijouGeluGrad", {
  tensors: ["x", "dy"],
  numbers: [],
  body: (code, { x, dy }) => {
    const near = clamp(code, x, 14)
    return code.mul(dy, code.add(cumulative(code, near), code.mul(near, density(code, near))))
  },
})
