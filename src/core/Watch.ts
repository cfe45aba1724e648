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

/** What must hold of a value, `Same` also of several in an array. */
export type Claim =
  | {
      readonly _tag: "InRange"
      readonly place: Place
      readonly x: unknown
      readonly fractionBits: number
      /** Rebuilt from an activation that was in range: if this one is not, it is `Irreversible`. */
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
      /** Whose gradient it is. */ readonly parameter: string
    }

/** An activation that came back: nothing is claimed of it. */
export interface Rebuilt {
  readonly _tag: "Rebuilt"
  readonly place: Place
  readonly x: unknown
}

/** Takes claims while a program runs and says at its end whether all of them held. */
export interface Watch {
  /**
   * Adds a claim, which may be judged as late as `settle`. Throws `TypeError` for values of a kind that the watch
   * cannot read.
   */
  readonly expect: (claim: Claim) => void
  /** Sees every activation that blocks rebuild, in their order; it borrows them. Not needed to judge claims. */
  readonly observe?: (event: Rebuilt) => void
  /** Right if every claim held, else the first that did not. Frees the evidence; the watch starts afresh. */
  readonly settle: TE.TaskEither<RevError, void>
}
