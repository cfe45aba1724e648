/**
 * A stage: a part of a network that may leave more or less behind, and what each choice costs.
 */
import type { Choice } from "../../core/Plan.ts"

// ---------------------------------------------------------------- model

/** What a stage costs: bytes that it leaves, its most bytes beyond those left before it, forwards or on the way back, and its time. */
export interface Cost {
  readonly held: number
  readonly most: number
  readonly time: number
}

/** The choices that a part has, and their costs, which may depend on the choice of the stage before it: neighbors share inputs. */
export interface Stage {
  readonly choices: ReadonlyArray<Choice>
  readonly cost: (before: Choice | null, choice: Choice) => Cost
}
