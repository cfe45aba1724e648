/**
 * The state that blocks pass on, and what a block saves from an evaluation.
 */
import type { Recorded } from "../core/Layer.ts"

// ---------------------------------------------------------------- model

/** Two activations: x_{k-1} and x_k of a two-step chain, the halves of a coupling, or position and velocity. */
export type Two<X> = readonly [previous: X, current: X]

/** What a block saves under `tape`: the residual's value and its pullback. */
export type Tape<P, X> = Recorded<P, X, X>
