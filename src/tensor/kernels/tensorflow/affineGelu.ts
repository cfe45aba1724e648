/** Operations of the library that do a product and the two kinds of GELU at once. */
import { onTensorflow, type TensorflowKernel } from "./operations.ts"

/** a = x W + b, and its activation. */
export const affineGelu = (kernelName: string): TensorflowKernel =>
  onTensorflow(kernelName, {
    library: ({ give, input, runForAll }) => runForAll(kernelName, ["x", "weight", "bias"].map(input), 2).map(give),
  })

/** Their gradients: by a, and the sums of that over rows. */
export const affineGeluGrad = (kernelName: string): TensorflowKernel =>
  onTensorflow(kernelName, {
    library: ({ give, input, runForAll }) => runForAll(kernelName, ["dy", "weight", "x"].map(input), 2).map(give),
  })
