/**
 * The gradients of `Unpack` and `SplitV` into one part. TensorFlow.js passes them a tensor instead of a list, which the
 * stock gradients reject.
 */
import { tf } from "../tf.ts"
import { amended, type Amendment } from "./amended.ts"

const parts = (kernelName: string): Amendment =>
  amended<object>(kernelName, (stock) => (dy, kept, attrs) => stock([dy].flat(), kept, attrs))

export const unpack = parts(tf.Unpack)
export const splitV = parts(tf.SplitV)
