/**
 * All of `bijou/net` but `save` and `load`, which find files in Node and none in a page.
 */
export { classifier, type Classifier, type ClassifierHead } from "../net/classifier.ts"
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
} from "../net/Family.ts"
export { block, gpt, GptConfig, type Gpt, type GptBlock } from "../net/Gpt.ts"
export { layer } from "../net/layer.ts"
export { classification, loss, regression, type Loss } from "../net/Loss.ts"
export {
  network,
  type Built,
  type Description,
  type Head,
  type NetSide,
  type Network,
  type Parts,
  type Weights,
} from "../net/network.ts"
export { mixing, type LiftingParams, type LiftingSide, type MixingParams, type MixingSide } from "../net/mixing.ts"
export { Attention, type AttentionParams, type Reach } from "../residual/Attention.ts"
export { ClassifierLoss, type ClassifierInput, type ClassifierParams } from "../residual/ClassifierLoss.ts"
export { Conv, type ConvParams } from "../residual/Conv.ts"
export { crossEntropy } from "../residual/crossEntropy.ts"
export { Dropout } from "../residual/Dropout.ts"
export { Embedding, type EmbeddingParams } from "../residual/Embedding.ts"
export { gelu, geluTanh } from "../residual/gelu.ts"
export { Hamiltonian, type HamiltonianParams } from "../residual/Hamiltonian.ts"
export { LayerNorm, type LayerNormParams } from "../residual/LayerNorm.ts"
export { Linear, type LinearParams } from "../residual/Linear.ts"
export { Mlp, type Activation, type MlpParams } from "../residual/Mlp.ts"
export { multiply } from "../residual/multiply.ts"
export { onGrid } from "../residual/onGrid.ts"
export { AdamW, type AdamWConfig, type AdamWState } from "./AdamW.ts"
export { ByteSize, inMegabytes } from "./memory/ByteSize.ts"
export { ByteSource } from "./checkpoint/ByteSource.ts"
export { Checkpoint } from "./checkpoint/Checkpoint.ts"
export { CheckpointDamaged } from "./errors/CheckpointDamaged.ts"
export { BudgetTooSmall } from "./errors/BudgetTooSmall.ts"
export { Fit, fitTable, planOf } from "./memory/Fit.ts"
export type { MemoryBudget } from "./memory/MemoryBudget.ts"
export { fitPlan } from "./memory/fitPlan.ts"
export { generate, type Prompt } from "./generate.ts"
export { heldBytes } from "./memory/heldBytes.ts"
export { bytesOf, Ledger, owners, peakOf, type Bytes, type Moment, type Owner } from "./memory/Ledger.ts"
export { ledgerSvg, type Caption } from "./memory/ledgerSvg.ts"
export { ledgerTable } from "./memory/ledgerTable.ts"
export { measureSpeed } from "./memory/measureSpeed.ts"
export { Speed, type Timing } from "./memory/Speed.ts"
export { measureLedger, predictLedger, type Step } from "./memory/ledgerOf.ts"
export { LossNotFinite } from "./errors/LossNotFinite.ts"
export { RuntimeChanged } from "./errors/RuntimeChanged.ts"
export { WorkerFailed } from "./errors/WorkerFailed.ts"
export { lossAndGrads, type BatchGradient, type Gradient } from "./Gradient.ts"
export { gradientNorm } from "./gradientNorm.ts"
export { microBatched, type Gradients, type MicroBatching, type Objective, type Position } from "./Gradients.ts"
export { microBatches } from "./microBatches.ts"
export { learningRate, type Schedule } from "./schedule.ts"
export { trainStep, type Trained } from "./step.ts"
export { Text, type Batch } from "./Text.ts"
export { isTrainError, type TrainError } from "./TrainError.ts"
export { descent, training, type Course, type Progress, type TrainingOptions } from "./training.ts"
export { Run } from "./checkpoint/Run.ts"
export { validate } from "./validate.ts"
export { evaluate, predict } from "./evaluate.ts"
export { train, trainingSteps, type Report, type TrainOptions } from "./train.ts"
export type { Evaluation, TrainedNetwork } from "./TrainedNetwork.ts"
export { TrainingStopped } from "./errors/TrainingStopped.ts"
export type { Rate } from "./Rate.ts"
export type { Data, Samples, Values } from "./data/Data.ts"
export type { ArrayValues, Numbers } from "./data/HostArray.ts"
export type { Load, LoadedGpt, Place } from "./checkpoint/load.ts"
export type { Save, SaveOptions } from "./checkpoint/save.ts"
