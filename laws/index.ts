/**
 * bijou/laws: the laws of the library, for any test framework, and the impostors that they catch.
 */
export * as arbitraries from "./arbitraries.ts"
export { attacks } from "./attacks/index.ts"
export { attack, matrix, type Attack, type Matrix } from "./Attack.ts"
export { bijectionLaws, isomorphismLaws } from "./Bijection.ts"
export { firstDifference, isPlain, sameBits, showBits, type Difference, type Equality } from "./bits.ts"
export { categoryLaws, leftToRight, type CategorySubject, type Compose } from "./Category.ts"
export { gradientLaws, type GradientSubject } from "./Gradient.ts"
export { gridLaws, type GridSubject } from "./Grid.ts"
export { handleLayer, handleSpace, handleWatch, holdings, type Handle, type Holdings } from "./Handle.ts"
export {
  allLaws,
  checkLaws,
  law,
  report,
  standard,
  type Budget,
  type Law,
  type LawSet,
  type Runner,
  type Sides,
  type Verdict,
} from "./Law.ts"
export { derivativeDistance, layerLaws, numericLayerLaws, type LayerSubject } from "./Layer.ts"
export { ownershipLaws, type OwnershipSubject } from "./Ownership.ts"
export { paramsLaws, type ParamsSubject } from "./Params.ts"
export { sideLaws, type SideSubject } from "./Side.ts"
export { spaceLaws, type SpaceSubject } from "./Space.ts"
export { float32Layer, numberLayer, type Float32Weights, type NumberWeights } from "./specimens.ts"
export type { Subject } from "./Subject.ts"
export {
  float32ChainSubject,
  gridSubject,
  numberChainSubject,
  numberNetwork,
  numberSpaceSubject,
  float32SpaceSubject,
  type Chain,
  type Network,
  type NetworkSide,
  type NetworkSubject,
} from "./subjects.ts"
