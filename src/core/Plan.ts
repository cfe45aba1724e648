/**
 * Plans: what each part of a network saves for its backward pass, as one choice per path.
 *
 * A plan changes only memory and time. Names, keys, outputs and gradients have the same bits under every plan.
 */
import type { Path } from "./Path.ts"

// ---------------------------------------------------------------- model

/**
 * - `reverse`: keep the side information and rebuild the input from the output
 * - `keep`: keep the input and evaluate again in the backward pass (gradient checkpointing)
 * - `tape`: keep everything that the gradient needs (ordinary backpropagation)
 */
export type Choice = "reverse" | "keep" | "tape"

/**
 * Choices by path, such as `{ "blocks/5": "tape" }`. A path without a choice uses that of its nearest ancestor; `""` is
 * the network.
 */
export type Plan = Readonly<Record<string, Choice>>

/** The two common plans; any other plan is a record of choices by path. */
export const Plan = {
  // -------------------------------------------------------- constructors

  /** Every part saves as little as it can: blocks reverse, other parts keep their input. */
  reversed: {} satisfies Plan as Plan,

  /** Ordinary backpropagation: every part keeps its tape. */
  taped: { "": "tape" } satisfies Plan as Plan,

  // --------------------------------------------------------- destructors

  /** Returns the choice for `path`, if it or an ancestor has one. */
  at: (plan: Plan, path: Path): Choice | undefined => {
    for (let depth = path.length; depth >= 0; depth--) {
      const choice = plan[path.slice(0, depth).join("/")]
      if (choice !== undefined) return choice
    }
    return undefined
  },
}
