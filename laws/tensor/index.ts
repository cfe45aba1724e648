/**
 * What laws need on tensors: generators, and a material for random architectures. This entry loads TensorFlow.js.
 */
export { floatTensor, gridTensor, idTensor, tensorOf } from "./arbitraries.ts"
export { tensorMaterial } from "./tensorMaterial.ts"
