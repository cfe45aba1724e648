/** `BijouGelu`: x Phi(x), within 3e-7 |x| of the true value. Input `x` (float32). */
import { fromLanes } from "./fromLanes.ts"
import { gelu } from "./normal.ts"

export const bijouGelu = fromLanes("BijouGelu", {
  tensors: ["x"],
  numbers: [],
  outputs: 1,
  body: (code, { x }) => [gelu(code, x)],
})
