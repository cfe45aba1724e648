/**
/**
 * Native speed in Node: the wasm backend with the matrix products of a BLAS, TensorFlow, and WebGPU.
 */
export { useNative } from "./blas/useNative.ts"
export { useTensorflow } from "./tensorflow/useTensorflow.ts"
export { useWebgpu } from "./webgpu/useWebgpu.ts"
