/**
 * bijou/laws: the laws of the library, for any test framework, and the impostors that they catch.
 */
export * as arbitraries from "./arbitraries.ts"
export { architectureLaws, architectures, type Architecture } from "./Architecture.ts"
export { attacks } from "./attacks/index.ts"
export { attack, matrix, type Attack, type Matrix } from "./Attack.ts"
export { batchLaws, layerBatchLaws } from "./Batch.ts"
export { bijectionLaws, isomorphismLaws } from "./Bijection.ts"
export {
  firstDifference,
  isPlain,
  sameBits,
  showBits,
  showDifference,
  showValue,
  type Difference,
  type Equality,
} from "./bits.ts"
export { categoryLaws, leftToRight, type CategorySubject, type Compose } from "./Category.ts"
export { diagnose, diagnoseLayer } from "./Diagnosis.ts"
export { evaluationLaws, type EvaluationSubject } from "./Evaluation.ts"
export { look, type Readable } from "./evidence.ts"
export { footprintLaws, type FootprintSubject } from "./Footprint.ts"
export { gradientLaws, planLaws } from "./Gradient.ts"
export { gridLaws, type GridSubject } from "./Grid.ts"
export { handleLayer, handleSpace, handleWatch, holdings, type Handle, type Holdings } from "./Handle.ts"
export { inferenceLaws, type InferenceSubject } from "./Inference.ts"
export type { Seeded } from "./Trial.ts"
export { scalingLaws, type ScalingSubject } from "./InformationBuffer.ts"
export { hostKind, type Kind, type Step } from "./Kind.ts"
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
} from "./Law.ts"
export { lawsOf, type Applicable } from "./lawsOf.ts"
export { liftingLaws, liftings, type Liftings, type LiftingSubject } from "./Lifting.ts"
export { derivativeDistance, derivativeLaws, layerLaws } from "./Layer.ts"
export { drawn, float32Material, numberMaterial, oneOrTwo, type DrawnLayer, type Material } from "./Material.ts"
export { consumptionLaws, ownershipLaws } from "./Ownership.ts"
export { paramsLaws, type ParamsSubject } from "./Params.ts"
export { productLaws, type Lift, type ProductSubject } from "./Product.ts"
export { presets, type Cost, type Preset } from "./presets.ts"
export { evidenceLines, report, toFinding, type Finding } from "./report.ts"
export { checkLaws, judgeAll, judgements, type Judged, type Judgement, type Runner } from "./run.ts"
export { sharingLaws, type SharingSubject } from "./Sharing.ts"
export { sideLaws, type SideSubject } from "./Side.ts"
export { spaceLaws, type SpaceSubject } from "./Space.ts"
export { float32Layer, numberLayer, type Float32Weights, type NumberWeights } from "./specimens.ts"
export {
  subject,
  subjectFault,
  type AnySubject,
  type LayerSubject,
  type ResidualSubject,
  type Subject,
  type Tried,
} from "./Subject.ts"
export { trainingLaws, type PoisonedStep, type TrainingSubject } from "./Training.ts"
export {
  float32ChainSubject,
  gridSubject,
  numberChainSubject,
  numberSpaceSubject,
  float32SpaceSubject,
  type Chain,
} from "./subjects.ts"
