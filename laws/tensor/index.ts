/**
 * The laws on tensors: generators, a material for random architectures, and the catalogue. This entry loads
 * TensorFlow.js.
 */
export { catalogue } from "./catalogue.ts"
export type { Entry } from "./Entry.ts"
export { floatTensor, gridTensor, idTensor, tensorOf } from "./arbitraries.ts"
export { tensorMaterial } from "./tensorMaterial.ts"
