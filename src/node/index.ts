/**
 * Native speed in Node: the wasm backend with the matrix products of a BLAS, TensorFlow and WebGPU. Starts a chosen
 * runtime, or the same runtime as another process.
 */
export { enterRuntime } from "./runtime/enterRuntime.ts"
export { startRuntime } from "./runtime/startRuntime.ts"
export { useNative } from "./blas/useNative.ts"
export { useTensorflow } from "./tensorflow/useTensorflow.ts"
export { useWebgpu } from "./webgpu/useWebgpu.ts"
