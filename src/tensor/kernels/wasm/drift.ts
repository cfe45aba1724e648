/**
 * `BijouDrift`: BDIA's one rounding operation, Q((1-g) x + (1+g) h), one g for each sample.
 *
 * Inputs `x` and `h` (float32 [batch, ...]), attributes `own` and `change` (the coefficients of x and h, times 2^l, one for each sample) and `step`
 * (2^-l for each sample). Both products and their sum are rounded to float32, the sum half to even onto the grid, and every zero is +0: the bits
 * of the same operations of tfjs.
 */
import { fromLanes } from "./fromLanes.ts"
import { drift } from "./step.ts"

export const bijouDrift = fromLanes("BijouDrift", {
  tensors: ["x", "h"],
  numbers: ["own", "change", "step"],
  outputs: 1,
  body: (code, given) => [drift(code, given)],
})
