/** The matmul of a linear layer, and the gradient of its weight. */
import { sizeOf } from "../../../exact/frame.ts"
import { tf } from "../../tf.ts"
import { asRows } from "./asRows.ts"
import { fitting, float, leading, weighing, widthOf } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { fresh, rowsOf } from "./Outcome.ts"

/**
 * Computes x W, or x W^T if `transposed`, in one matmul over all leading axes: x is `[..., k]`, and W is `[k, n]` or
 * `[n, k]`.
 */
export const multiply: Kernel<{ readonly x: One; readonly weight: One }, { readonly transposed: boolean }, One> = {
  name: "BijouMultiply",
  layer: "Linear",
  check: (call) => void weighing(call, "weight", "x", widthOf(float(call, "x")), call.attributes.transposed),
  outcome: ({ x, weight }, { transposed }) => {
    const outputs = weight.shape[transposed ? 0 : 1] ?? 1
    return { outputs: fresh([...leading(x), outputs]), operations: 2 * sizeOf(x.shape) * outputs }
  },
  composed: ({ x, weight }, { transposed }) => {
    const outputs = weight.shape[transposed ? 0 : 1] ?? 1
    return tf.tidy(() => tf.matMul(asRows(x), weight, false, transposed).reshape([...leading(x), outputs]))
  },
}

/**
 * Computes x^T dy over all leading axes, the gradient of x W with respect to W: x is `[..., m]`, dy is `[..., n]`, and
 * the gradient is `[m, n]`.
 */
export const weightGrad: Kernel<{ readonly x: One; readonly dy: One }, {}, One> = {
  name: "BijouWeightGrad",
  layer: "The gradient of Linear",
  check: (call) => {
    const [x, dy] = [float(call, "x"), float(call, "dy")]
    fitting(call, "dy", [...leading(x), widthOf(dy)], "x")
  },
  outcome: ({ x, dy }) => {
    const [[count, m], [, n]] = [rowsOf(x.shape), rowsOf(dy.shape)]
    return { outputs: fresh([m, n]), operations: 2 * count * m * n }
  },
  composed: ({ x, dy }) => tf.tidy(() => tf.matMul(asRows(x), asRows(dy), true, false)),
}
