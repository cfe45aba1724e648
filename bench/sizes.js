/** The sizes of both benchmarks. Those of the trunk are the ones that PyTorch's BDIA is usually timed with. */

/** [batch, tokens, width] activations through `depth` blocks. */
export const trunk = { batch: 32, tokens: 65, width: 128, heads: 4, hidden: 512, fractionBits: 9 }

/** The GPT of the training step, on windows of bytes. */
export const gpt = { vocabulary: 256, context: 64, width: 128, heads: 4, fractionBits: 9, dropout: 0 }

/** Windows in a batch of the training step. */
export const batch = 16

/** Samples in a micro-batch of the trunk by workers. */
export const microBatch = 8
