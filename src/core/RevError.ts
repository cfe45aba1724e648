/**
 * The errors that a program can return.
 */
import { GradientNotFinite } from "./errors/GradientNotFinite.ts"
import { GridOverflow } from "./errors/GridOverflow.ts"
import { Irreversible } from "./errors/Irreversible.ts"
import { LayerFailed } from "./errors/LayerFailed.ts"
import { NotDifferentiable } from "./errors/NotDifferentiable.ts"
import { NotOnGrid } from "./errors/NotOnGrid.ts"
import { ParameterMismatch } from "./errors/ParameterMismatch.ts"
import { ShapeMismatch } from "./errors/ShapeMismatch.ts"
import { SideMismatch } from "./errors/SideMismatch.ts"

// ---------------------------------------------------------------- model

/** A closed union of errors: match on `_tag`. The `message` says what is wrong and how to fix it. */
export type RevError =
  | GradientNotFinite
  | GridOverflow
  | Irreversible
  | LayerFailed
  | NotDifferentiable
  | NotOnGrid
  | ParameterMismatch
  | ShapeMismatch
  | SideMismatch

// ---------------------------------------------------------- destructors

const classes = [
  GradientNotFinite,
  GridOverflow,
  Irreversible,
  LayerFailed,
  NotDifferentiable,
  NotOnGrid,
  ParameterMismatch,
  ShapeMismatch,
  SideMismatch,
]

/** Says whether a thrown value is a `RevError`. */
export const isRevError = (error: unknown): error is RevError => classes.some((known) => error instanceof known)
