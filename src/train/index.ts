/**
 * Training: steps that check themselves, AdamW, schedules and text.
 */
export { AdamW, type AdamWConfig, type AdamWState } from "./AdamW.ts"
export { ByteSize, inMegabytes } from "./ByteSize.ts"
export { BudgetTooSmall } from "./errors/BudgetTooSmall.ts"
export { Fit, fitTable, planOf } from "./Fit.ts"
export { fitPlan, type Budget, type Speed } from "./fitPlan.ts"
export { generate, type Prompt } from "./generate.ts"
export { heldBytes } from "./held.ts"
export { Ledger, owners, peakOf, total, type Bytes, type Moment, type Owner } from "./Ledger.ts"
export { measureLedger, predictLedger, type Step } from "./ledgerOf.ts"
export { LossNotFinite } from "./errors/LossNotFinite.ts"
export { learningRate, type Schedule } from "./schedule.ts"
export { isTrainError, lossAndGrads, trainStep, type Trained, type TrainError } from "./step.ts"
export { Text, type Batch } from "./Text.ts"
export { training, type Progress, type TrainingPlan } from "./training.ts"
export { validate } from "./validate.ts"
