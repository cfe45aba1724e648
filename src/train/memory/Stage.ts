/**
 * A stage: a part of a network that can save more or less for the backward pass, and the cost of each choice.
 */
import type { Choice } from "../../core/Plan.ts"

// ---------------------------------------------------------------- model

/**
 * The cost of a stage: the bytes that it saves, its most bytes beyond those saved before it in either pass, and its
 * time.
 */
export interface Cost {
  readonly held: number
  readonly most: number
  readonly time: number
}

/**
 * The choices of a part, and their costs. A cost may depend on the choice of the stage before it, because neighbors
 * share inputs.
 */
export interface Stage {
  readonly choices: ReadonlyArray<Choice>
  readonly cost: (before: Choice | null, choice: Choice) => Cost
}
