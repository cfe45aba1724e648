/**
 * Whole networks.
 */
export { block, gpt, GptConfig, type Gpt, type GptBlock, type GptHead } from "./Gpt.ts"
