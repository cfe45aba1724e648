/** `BijouQuantize`: Q(x), half to even onto the grid, every zero +0. Input `x` (float32), attributes `scale` ([2^l]) and `step` ([2^-l]). */
import { fromLanes } from "./fromLanes.ts"

export const bijouQuantize = fromLanes("BijouQuantize", {
  tensors: ["x"],
  numbers: ["scale", "step"],
  outputs: 1,
  body: ({ add, constant, mul, nearest }, { x, scale, step }) => [add(mul(nearest(mul(x, scale)), step), constant(0))],
})
