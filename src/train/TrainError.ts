/**
 * What a training step can end in.
 */
import { isRevError, type RevError } from "../core/RevError.ts"
import { LossNotFinite } from "./errors/LossNotFinite.ts"

// ---------------------------------------------------------------- model

/** A closed union: match on `_tag`; `message` is one sentence with the way out. */
export type TrainError = RevError | LossNotFinite

// ---------------------------------------------------------- destructors

/** Tells a `TrainError` from any other value. */
export const isTrainError = (error: unknown): error is TrainError => isRevError(error) || error instanceof LossNotFinite
