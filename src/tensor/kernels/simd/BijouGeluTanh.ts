/** `BijouGeluTanh`: GELU by tanh, within 4e-7 (1 + |x|) of the true value. Input `x` (float32). */
import { fromLanes } from "../wasm/fromLanes.ts"
import { geluTanh } from "../wasm/geluTanh.ts"

export const bijouGeluTanh = fromLanes("BijouGeluTanh", {
  tensors: ["x"],
  numbers: [],
  outputs: 1,
  body: (code, { x }) => [geluTanh(code, x)],
})
