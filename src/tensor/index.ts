/**
 * Networks on TensorFlow.js tensors: their space, layers from plain tfjs code, backends, and networks as tfjs
 * functions.
 */
export { backends, useBackend, type BackendName } from "./backend.ts"
export { BackendUnavailable } from "./errors/BackendUnavailable.ts"
export { OutOfMemory } from "./errors/OutOfMemory.ts"
export { buffers, peakBytes } from "./values/buffers.ts"
export { fromLayersModel } from "./ops/fromLayersModel.ts"
export { fromTfjs } from "./ops/fromTfjs.ts"
export { watchFallbacks } from "./kernels/fallbacks.ts"
export { useKernels } from "./kernels/dispatch.ts"
export { evenOdd, halves, interleaved, joined, permuted, spaceToDepth } from "./ops/rearrangements.ts"
export { currentRuntime, Runtime } from "./Runtime.ts"
export { tensor } from "./values/tensor.ts"
export { tensorScope } from "./values/tensorScope.ts"
export { float32TensorSide, int32TensorSide } from "./values/tensorSide.ts"
export { tensorSpace } from "./values/tensorSpace.ts"
export { tensorEnv } from "./values/tensorWatch.ts"
export { tf } from "./tf.ts"
export { toFunction } from "./ops/toFunction.ts"
export { toInference } from "./ops/toInference.ts"
export { toLayer } from "./ops/toLayer.ts"
export { mapTensors, tensorsIn } from "./values/tree.ts"
