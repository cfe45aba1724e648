/**
 * Complete networks, and their parts.
 */
export { block, gpt, GptConfig, type Gpt, type GptBlock, type GptHead } from "./Gpt.ts"
export { mixing, type LiftingParams, type LiftingSide, type MixingParams, type MixingSide } from "./mixing.ts"
