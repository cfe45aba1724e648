/**
 * Native speed in Node: the wasm backend with the matrix products of a BLAS.
 */
export { useNative } from "./useNative.ts"
