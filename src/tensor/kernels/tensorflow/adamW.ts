/** `adamW` by the op library. Without the library the kernel is composed. */
import { adamW } from "../spec/adamW.ts"
import { onTensorflow, type TensorflowKernel } from "./operations.ts"

export const adamWKernels: readonly TensorflowKernel[] = [
  onTensorflow(adamW, {
    library: (
      { floats, giveAll, inputs, runForAll },
      { beta1, rest1, beta2, rest2, keep, rate, correction, epsilon },
    ) => {
      const numbers = floats([beta1, rest1, beta2, rest2, keep, rate, correction, epsilon])
      return giveAll(runForAll("BijouAdamW", [...inputs("p", "m", "v", "grad", "shrink"), numbers], 3))
    },
  }),
]
