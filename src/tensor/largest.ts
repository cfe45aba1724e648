import { hasKernel, runKernel } from "./kernels/own.ts"
import { tf } from "./tf.ts"

/** The largest |x|, or NaN where there is one, on the device. */
export const largest = (x: tf.Tensor): tf.Tensor =>
  hasKernel("BijouLargest") && x.dtype === "float32" ? runKernel("BijouLargest", { x }) : tf.max(tf.abs(x))
