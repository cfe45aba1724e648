/** `Unpack` and `SplitV` into one part: TensorFlow.js hands their gradient a tensor and no list, which the stock ones refuse. */
import { amended, type Amendment } from "./amended.ts"

const parts = (kernelName: string): Amendment =>
  amended(kernelName, (stock) => (dy, kept, attrs) => stock([dy].flat(), kept, attrs))

export const unpack = parts("Unpack")
export const splitV = parts("SplitV")
