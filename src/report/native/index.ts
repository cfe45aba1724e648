/**
 * Native speed in Node: the wasm backend with the matrix products of a BLAS, and the WebGPU backend.
 */
export { useNative } from "./useNative.ts"
export { useWebgpu } from "./useWebgpu.ts"
