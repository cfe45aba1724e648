/** All kernels of the backend `tensorflow`, which exist with the op library, without it, or in both cases. */
import { adamWKernels } from "./adamW.ts"
import { attentionKernels } from "./attention.ts"
import { checkKernels } from "./checks.ts"
import { crossEntropyKernels } from "./crossEntropy.ts"
import { geluKernels } from "./gelu.ts"
import { layerNormKernels } from "./layerNorm.ts"
import { linearKernels } from "./linear.ts"
import { mlpKernels } from "./mlp.ts"
import type { TensorflowKernel } from "./operations.ts"
import { planeKernels } from "./plane.ts"
import { stepKernels } from "./step.ts"
import { replacedKernels } from "./stock/replaced.ts"

export const tensorflowKernels: readonly TensorflowKernel[] = [
  ...adamWKernels,
  ...attentionKernels,
  ...checkKernels,
  ...crossEntropyKernels,
  ...geluKernels,
  ...layerNormKernels,
  ...linearKernels,
  ...mlpKernels,
  ...planeKernels,
  ...replacedKernels,
  ...stepKernels,
]
