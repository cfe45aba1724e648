/**
 * bijou/laws: the laws of the library, for any test framework, and the impostors that they catch.
 */
export * as arbitraries from "./engine/arbitraries.ts"
export { architectureLaws, architectures, type Architecture } from "./sets/Architecture.ts"
export { attacks } from "./attacks/index.ts"
export { attack, matrix, type Attack, type Matrix } from "./engine/Attack.ts"
export { batchLaws, layerBatchLaws } from "./sets/Batch.ts"
export { bijectionLaws, isomorphismLaws } from "./sets/Bijection.ts"
export {
  firstDifference,
  isPlain,
  sameBits,
  showBits,
  showDifference,
  showValue,
  type Difference,
  type Equality,
} from "./engine/bits.ts"
export { categoryLaws, leftToRight, type CategorySubject, type Compose } from "./sets/Category.ts"
export { diagnose, diagnoseLayer } from "./engine/Diagnosis.ts"
export { evaluationLaws, type EvaluationSubject } from "./sets/Evaluation.ts"
export { look, type Readable } from "./engine/evidence.ts"
export { footprintLaws, type FootprintSubject } from "./sets/Footprint.ts"
export { gradientLaws, planLaws } from "./sets/Gradient.ts"
export { gridLaws, type GridSubject } from "./sets/Grid.ts"
export { handleLayer, handleSpace, handleWatch, holdings, type Handle, type Holdings } from "./engine/Handle.ts"
export { inferenceLaws, type InferenceSubject } from "./sets/Inference.ts"
export type { Seeded } from "./engine/Trial.ts"
export { scalingLaws, type ScalingSubject } from "./sets/InformationBuffer.ts"
export { hostKind, type Kind, type Step } from "./engine/Kind.ts"
export {
  allLaws,
  allSets,
  law,
  standard,
  type Broken,
  type JudgeOptions,
  type Counterexample,
  type Holds,
  type Law,
  type LawSet,
  type Raised,
  type Sides,
  type Verdict,
} from "./engine/Law.ts"
export { lawsOf, type Applicable } from "./engine/lawsOf.ts"
export { liftingLaws, liftings, type Liftings, type LiftingSubject } from "./sets/Lifting.ts"
export { derivativeDistance, derivativeLaws, layerLaws } from "./sets/Layer.ts"
export { drawn, float32Material, numberMaterial, oneOrTwo, type DrawnLayer, type Material } from "./engine/Material.ts"
export { consumptionLaws, ownershipLaws } from "./sets/Ownership.ts"
export { paramsLaws, type ParamsSubject } from "./sets/Params.ts"
export { productLaws, type Lift, type ProductSubject } from "./sets/Product.ts"
export { presets, type Cost, type Preset } from "./engine/presets.ts"
export { evidenceLines, report, toFinding, type Finding } from "./engine/report.ts"
export { checkLaws, judgeAll, judgements, type Judged, type Judgement, type Runner } from "./engine/run.ts"
export { sharingLaws, type SharingSubject } from "./sets/Sharing.ts"
export { sideLaws, type SideSubject } from "./sets/Side.ts"
export { spaceLaws, type SpaceSubject } from "./sets/Space.ts"
export { float32Layer, numberLayer, type Float32Weights, type NumberWeights } from "./subjects/specimens.ts"
export {
  subject,
  subjectFault,
  type AnySubject,
  type LayerSubject,
  type ResidualSubject,
  type Subject,
  type Tried,
} from "./engine/Subject.ts"
export { trainingLaws, type PoisonedStep, type TrainingSubject } from "./sets/Training.ts"
export {
  float32ChainSubject,
  gridSubject,
  numberChainSubject,
  numberSpaceSubject,
  float32SpaceSubject,
  type Chain,
} from "./subjects/subjects.ts"
