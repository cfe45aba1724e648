/**
 * Training: steps that check themselves, micro-batches with one order of addition, AdamW, schedules and text.
 */
export { AdamW, type AdamWConfig, type AdamWState } from "./AdamW.ts"
export { generate, type Prompt } from "./generate.ts"
export { heldBytes } from "./held.ts"
export { LossNotFinite } from "./errors/LossNotFinite.ts"
export { WorkerFailed } from "./errors/WorkerFailed.ts"
export { lossAndGrads, type Gradient } from "./Gradient.ts"
export { microBatched, type Gradients, type MicroBatching, type Objective, type Position } from "./Gradients.ts"
export { microBatches } from "./microBatches.ts"
export { learningRate, type Schedule } from "./schedule.ts"
export { trainStep, type Trained } from "./step.ts"
export { Text, type Batch } from "./Text.ts"
export { isTrainError, type TrainError } from "./TrainError.ts"
export { descent, training, type Course, type Progress, type TrainingPlan } from "./training.ts"
export { joined, total, type Node } from "./treeSum.ts"
export { validate } from "./validate.ts"
