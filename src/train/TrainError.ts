/**
 * The errors of a training step.
 */
import { isRevError, type RevError } from "../core/RevError.ts"
import { LossNotFinite } from "./errors/LossNotFinite.ts"

// ---------------------------------------------------------------- model

/** A closed union: match on `_tag`. `message` is one sentence that says what to do. */
export type TrainError = RevError | LossNotFinite

// ---------------------------------------------------------- destructors

/** Returns whether a value is a `TrainError`. */
export const isTrainError = (error: unknown): error is TrainError => isRevError(error) || error instanceof LossNotFinite
