/**
 * Layers on tensors, for residuals and for the input and output of a network.
 */
export { Attention, type AttentionParams, type Reach } from "./Attention.ts"
export { ClassifierLoss, type ClassifierInput, type ClassifierParams } from "./ClassifierLoss.ts"
export { Conv, type ConvParams } from "./Conv.ts"
export { crossEntropy } from "./crossEntropy.ts"
export { Dropout } from "./Dropout.ts"
export { Embedding, type EmbeddingParams } from "./Embedding.ts"
export { gelu, geluTanh } from "./gelu.ts"
export { Hamiltonian, type HamiltonianParams } from "./Hamiltonian.ts"
export { LayerNorm, type LayerNormParams } from "./LayerNorm.ts"
export { Linear, type LinearParams } from "./Linear.ts"
export { Mlp, type Activation, type MlpParams } from "./Mlp.ts"
export { multiply } from "./multiply.ts"
export { onGrid } from "./onGrid.ts"
