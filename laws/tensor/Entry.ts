/**
 * One part of the library in the catalogue.
 */
import type { LawSet } from "../engine/Law.ts"
import type { Cost } from "../engine/presets.ts"

// ---------------------------------------------------------------- model

/** One part of the library with its laws. */
export interface Entry {
  readonly name: string
  /** What of the library's exports it is about, such as `Linear.make`. */
  readonly covers: ReadonlyArray<string>
  /** Whether its values live on a device: then the laws are for every backend. */
  readonly onDevice: boolean
  /** What a case costs, which decides how many are tried. */
  readonly cost: Cost
  /** Its laws, which are chosen by trying it once. */
  readonly set: () => Promise<LawSet>
}
