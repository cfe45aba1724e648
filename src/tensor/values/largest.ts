import { dispatch } from "../kernels/dispatch.ts"
import { largest as kernel } from "../kernels/spec/largest.ts"
import type { tf } from "../tf.ts"

/** The largest |x|, or NaN where there is one, on the device. */
export const largest = (x: tf.Tensor): tf.Tensor =>
  x.dtype === "float32" ? dispatch(kernel, { x }) : kernel.composed({ x }, {})
