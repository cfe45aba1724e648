/**
 * What each part of a network leaves behind: a choice per path, as data.
 *
 * A plan changes memory and time only; names, keys, outputs and gradients keep their bits under every plan.
 */
import type { Path } from "./Path.ts"

// ---------------------------------------------------------------- model

/**
 * - `reverse`: keep the side information and rebuild the input from the output
 * - `keep`: keep the input and evaluate again on the way back (gradient checkpointing)
 * - `tape`: keep all that the gradient needs (ordinary backpropagation)
 */
export type Choice = "reverse" | "keep" | "tape"

/** Choices by path, such as `{ "blocks/5": "tape" }`; a path without one takes that of its nearest ancestor (`""` is the network). */
export type Plan = Readonly<Record<string, Choice>>

/** The two usual plans; any other is a record of choices by path. */
export const Plan = {
  // -------------------------------------------------------- constructors

  /** Every part leaves its own minimum: blocks reverse, the rest keeps its input. */
  reversed: {} satisfies Plan as Plan,

  /** Ordinary backpropagation: every part keeps its tape. */
  taped: { "": "tape" } satisfies Plan as Plan,

  // --------------------------------------------------------- destructors

  /** The choice for `path`, if it or an ancestor has one. */
  at: (plan: Plan, path: Path): Choice | undefined => {
    for (let depth = path.length; depth >= 0; depth--) {
      const choice = plan[path.slice(0, depth).join("/")]
      if (choice !== undefined) return choice
    }
    return undefined
  },
}
