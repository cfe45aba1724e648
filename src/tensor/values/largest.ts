import { dispatch } from "../kernels/dispatch.ts"
import { largest as kernel } from "../kernels/spec/largest.ts"
import type { tf } from "../tf.ts"

/** Returns the largest |x| as a tensor on the device, or NaN if x contains one. */
export const largest = (x: tf.Tensor): tf.Tensor =>
  x.dtype === "float32" ? dispatch(kernel, { x }) : kernel.composed({ x }, {})
