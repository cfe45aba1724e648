/**
 * The laws on tensors: generators, a material for random architectures, and the catalogue. This entry loads
 * TensorFlow.js.
 */
export { catalogue } from "./catalogue.ts"
export { floatTensor, gridTensor, idTensor } from "./arbitraries.ts"
