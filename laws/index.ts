/**
 * bijou/laws: the laws of the library, for any test framework, and the impostors that they catch.
 */
export * as arbitraries from "./engine/arbitraries.ts"
export type { LawSet } from "./engine/Law.ts"
export { lawsOf } from "./engine/lawsOf.ts"
export { presets } from "./engine/presets.ts"
export { report, toFinding } from "./engine/report.ts"
export { checkLaws, judgeAll } from "./engine/run.ts"
export { sideLaws } from "./sets/Side.ts"
export { spaceLaws } from "./sets/Space.ts"
export { numberLayer } from "./subjects/specimens.ts"
export { subject, type Subject } from "./engine/Subject.ts"
