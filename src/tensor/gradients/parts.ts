/** `Unpack` and `SplitV` into one part: TensorFlow.js hands their gradient a tensor and no list, which the stock ones refuse. */
import { tf } from "../tf.ts"
import { amended, type Amendment } from "./amended.ts"

const parts = (kernelName: string): Amendment =>
  amended<object>(kernelName, (stock) => (dy, kept, attrs) => stock([dy].flat(), kept, attrs))

export const unpack = parts(tf.Unpack)
export const splitV = parts(tf.SplitV)
