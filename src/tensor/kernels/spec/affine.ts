/** A linear layer as one kernel. */
import { sizeOf } from "../../../exact/frame.ts"
import { dispatch } from "../dispatch.ts"
import { addBias } from "./addBias.ts"
import { fitting, float, leading, weighing, widthOf } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { multiply } from "./multiply.ts"
import { fresh } from "./Outcome.ts"

/** Computes x W + b: x is `[..., k]`, W is `[k, n]`, b is `[n]`. */
export const affine: Kernel<{ readonly x: One; readonly weight: One; readonly bias: One }, {}, One> = {
  name: "BijouAffine",
  layer: "Linear",
  check: (call) => {
    const outputs = weighing(call, "weight", "x", widthOf(float(call, "x")))
    fitting(call, "bias", [outputs], "weight")
  },
  outcome: ({ x, weight }) => {
    const width = weight.shape[1] ?? 1
    return { outputs: fresh([...leading(x), width]), operations: 2 * sizeOf(x.shape) * width }
  },
  composed: ({ x, weight, bias }) =>
    dispatch(addBias, { x: dispatch(multiply, { x, weight }, { transposed: false }), bias }),
}
