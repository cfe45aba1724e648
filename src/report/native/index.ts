/**
 * Native speed in Node: the wasm backend with the matrix products of a BLAS, and TensorFlow.
 */
export { useNative } from "./useNative.ts"
export { useTensorflow } from "./useTensorflow.ts"
