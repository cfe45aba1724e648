/**
 * One part of the library in the catalogue.
 */
import type { LawSet } from "../engine/Law.ts"
import type { Cost } from "../engine/presets.ts"

// ---------------------------------------------------------------- model

/** One part of the library with its laws. */
export interface Entry {
  readonly name: string
  /** The exports of the library that it covers, such as `Linear.make`. */
  readonly covers: ReadonlyArray<string>
  /** Whether its values are on a device; if so, the laws run on every backend. */
  readonly onDevice: boolean
  /** The cost of a case, which determines how many are tried. */
  readonly cost: Cost
  /** Its laws, chosen by running it once. */
  readonly set: () => Promise<LawSet>
}
