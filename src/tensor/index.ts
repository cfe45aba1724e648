/**
 * Networks on TensorFlow.js tensors: the space, layers from plain tfjs code, backends, and networks as tfjs functions.
 */
export { backends, useBackend, type BackendName } from "./backend.ts"
export { buffers, peakBytes, type Buffers } from "./buffers.ts"
export { fromTfjs } from "./fromTfjs.ts"
export { useKernels, type KernelChoice } from "./kernels/own.ts"
export { parameterSide } from "./parameterSide.ts"
export { Plane } from "./Plane.ts"
export { halves, joined, spaceToDepth, type Halves } from "./rearrangements.ts"
export { tensor } from "./tensor.ts"
export { tensorScope } from "./tensorScope.ts"
export { float32TensorSide, int32TensorSide } from "./tensorSide.ts"
export { tensorSpace } from "./tensorSpace.ts"
export { tensorEnv, tensorWatch } from "./tensorWatch.ts"
export { tf } from "./tf.ts"
export { toFunction } from "./toFunction.ts"
export { toInference } from "./toInference.ts"
export { mapTensors, tensorsIn } from "./tree.ts"
