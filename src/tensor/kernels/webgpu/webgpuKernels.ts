/** All custom kernels and replacements of TensorFlow.js kernels on WebGPU. */
import type { Implementation } from "../implement.ts"
import { adamWKernel } from "./adamW.ts"
import { attentionKernels } from "./attention.ts"
import { addBiasKernel } from "./columns.ts"
import { crossEntropyKernels } from "./crossEntropy.ts"
import { differKernel } from "./differ.ts"
import { dropoutKernel } from "./dropout.ts"
import { geluKernels } from "./gelu.ts"
import { layerNormKernels } from "./layerNorm.ts"
import { planeKernels } from "./planes.ts"
import { stepKernels } from "./step.ts"
import { addN } from "./stock/AddN.ts"
import { unsortedSegmentSum } from "./stock/UnsortedSegmentSum.ts"

export const webgpuKernels: readonly Implementation[] = [
  ...[adamWKernel, addBiasKernel, differKernel, dropoutKernel, addN, unsortedSegmentSum],
  ...[attentionKernels, crossEntropyKernels, geluKernels, layerNormKernels, planeKernels, stepKernels].flat(),
]
