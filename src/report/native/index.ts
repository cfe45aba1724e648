/**
/**
 * Native speed in Node: the wasm backend with the matrix products of a BLAS, TensorFlow, and WebGPU.
 */
export { useNative } from "./useNative.ts"
export { useTensorflow } from "./useTensorflow.ts"
export { useWebgpu } from "./useWebgpu.ts"
