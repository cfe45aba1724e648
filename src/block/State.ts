/**
 * What goes from block to block, and what a block keeps of an evaluation.
 */
import type { Recorded } from "../core/Layer.ts"

// ---------------------------------------------------------------- model

/** Two activations: x_{k-1} and x_k of a two-step chain, the halves of a coupling, position and velocity. */
export type Two<X> = readonly [previous: X, current: X]

/** What a block keeps under `tape`: the residual's value and the way back through it. */
export type Tape<P, X> = Recorded<P, X, X>
