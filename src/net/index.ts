/**
 * Whole networks, and parts of them.
 */
export { classifier, type Classifier, type ClassifierHead } from "./classifier.ts"
export {
  bdia,
  coupling,
  leapfrog,
  midpoint,
  momentum,
  plain,
  type Chain,
  type Family,
  type PlainSide,
} from "./Family.ts"
export { block, gpt, GptConfig, type Gpt, type GptBlock } from "./Gpt.ts"
export { layer } from "./layer.ts"
export { classification, loss, regression, type Loss } from "./Loss.ts"
export {
  network,
  type Built,
  type Description,
  type Head,
  type NetSide,
  type Network,
  type Parts,
  type Weights,
} from "./network.ts"
export { mixing, type LiftingParams, type LiftingSide, type MixingParams, type MixingSide } from "./mixing.ts"
