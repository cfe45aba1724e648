/**
 * Everything a program can end in.
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

/** A closed union: match on `_tag`; `message` is one sentence with the way out. */
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

/** Tells a `RevError` from any other thrown value. */
export const isRevError = (error: unknown): error is RevError => classes.some((known) => error instanceof known)
