/**
 * Evidence gathered on the device while a program runs, settled once at its end.
 *
 * A read from a GPU waits, so a program only makes claims; `run` settles them with one read.
 */
import type { taskEither as TE } from "fp-ts"
import type { RevError } from "./RevError.ts"
import type { Path } from "./Path.ts"

// ---------------------------------------------------------------- model

/** Where a claim was made: the path of the part and the training step. */
export interface Place {
  readonly path: Path
  readonly step: number
}

/** What must be true of a value; `Same` also takes arrays of values. */
export type Claim =
  | {
      readonly _tag: "InRange"
      readonly place: Place
      readonly x: unknown
      readonly fractionBits: number
      /** Rebuilt from an activation that was in range, so a value out of range is reported as `Irreversible`. */
      readonly rebuilt?: true
    }
  | {
      readonly _tag: "OnGrid"
      readonly place: Place
      readonly x: unknown
      readonly rounded: unknown
      readonly fractionBits: number
    }
  | { readonly _tag: "Same"; readonly place: Place; readonly rebuilt: unknown; readonly recorded: unknown }
  | {
      readonly _tag: "Finite"
      readonly place: Place
      readonly x: unknown
      /** The parameter of this gradient. */ readonly parameter: string
    }

/** A rebuilt activation, about which nothing is claimed. */
export interface Rebuilt {
  readonly _tag: "Rebuilt"
  readonly place: Place
  readonly x: unknown
}

/** Collects claims while a program runs, and reports at its end whether all of them are true. */
export interface Watch {
  /**
   * Adds a claim, which may be checked as late as `settle`. Throws `TypeError` for values that the watch cannot read.
   */
  readonly expect: (claim: Claim) => void
  /** Observes every activation that blocks rebuild, in order. Borrows it. Claims do not need it. */
  readonly observe?: (event: Rebuilt) => void
  /** Returns the error of the first claim that fails, if any. Frees the evidence and resets the watch. */
  readonly settle: TE.TaskEither<RevError, void>
}
