/**
 * Errors of a training step as plain data, which can pass between threads. An error's class cannot.
 *
 * Law (checked by `test/node/workers.test.ts`): `fromPlain` after `toPlain` gives an error of the same class with the
 * same message and fields. The cause of a failed layer becomes an `Error` with its message and stack.
 */
import { GradientNotFinite } from "../../core/errors/GradientNotFinite.ts"
import { GridOverflow } from "../../core/errors/GridOverflow.ts"
import { Irreversible } from "../../core/errors/Irreversible.ts"
import { LayerFailed } from "../../core/errors/LayerFailed.ts"
import { NotDifferentiable } from "../../core/errors/NotDifferentiable.ts"
import { NotOnGrid } from "../../core/errors/NotOnGrid.ts"
import { ParameterMismatch } from "../../core/errors/ParameterMismatch.ts"
import { ShapeMismatch } from "../../core/errors/ShapeMismatch.ts"
import { SideMismatch } from "../../core/errors/SideMismatch.ts"
import { LossNotFinite } from "../../train/errors/LossNotFinite.ts"
import type { TrainError } from "../../train/TrainError.ts"

// ---------------------------------------------------------------- model

/** The tag of an error and the arguments of its constructor. */
export type PlainError =
  | Plain<"GradientNotFinite", typeof GradientNotFinite>
  | Plain<"GridOverflow", typeof GridOverflow>
  | Plain<"Irreversible", typeof Irreversible>
  | Plain<"LayerFailed", typeof LayerFailed>
  | Plain<"LossNotFinite", typeof LossNotFinite>
  | Plain<"NotDifferentiable", typeof NotDifferentiable>
  | Plain<"NotOnGrid", typeof NotOnGrid>
  | Plain<"ParameterMismatch" | "ShapeMismatch" | "SideMismatch", typeof ParameterMismatch>

interface Plain<Tag extends TrainError["_tag"], Class extends new (given: never) => Error> {
  readonly _tag: Tag
  readonly given: ConstructorParameters<Class>[0]
}

// --------------------------------------------------------- constructors

/** Match by tag, because a user's module may have loaded its own copies of the classes. */
export const toPlain = (error: TrainError): PlainError => {
  switch (error._tag) {
    case "GradientNotFinite": {
      const { _tag, parameter, step, value } = error
      return { _tag, given: { parameter, step, value } }
    }
    case "GridOverflow": {
      const { _tag, path, step, value, fractionBits } = error
      return { _tag, given: { path, step, value, fractionBits } }
    }
    case "Irreversible":
      return { _tag: error._tag, given: { path: error.path, step: error.step } }
    case "LayerFailed":
      return { _tag: error._tag, given: { path: error.path, cause: plainCause(error.cause) } }
    case "LossNotFinite":
      return { _tag: error._tag, given: { step: error.step, value: error.value } }
    case "NotDifferentiable":
      return { _tag: error._tag, given: { path: error.path, what: error.what } }
    case "NotOnGrid": {
      const { _tag, path, step, fractionBits } = error
      return { _tag, given: { path, step, fractionBits } }
    }
    case "ParameterMismatch":
    case "ShapeMismatch":
    case "SideMismatch":
      return { _tag: error._tag, given: error.message }
  }
}

/** A cause can hold anything, such as functions, which cannot be cloned into a message. */
const plainCause = (cause: unknown): Error => {
  const plain = new Error(cause instanceof Error ? cause.message : String(cause))
  if (cause instanceof Error && cause.stack !== undefined) plain.stack = cause.stack
  return plain
}

// ---------------------------------------------------------- destructors

export const fromPlain = ({ _tag, given }: PlainError): TrainError => {
  switch (_tag) {
    case "GradientNotFinite":
      return new GradientNotFinite(given)
    case "GridOverflow":
      return new GridOverflow(given)
    case "Irreversible":
      return new Irreversible(given)
    case "LayerFailed":
      return new LayerFailed(given)
    case "LossNotFinite":
      return new LossNotFinite(given)
    case "NotDifferentiable":
      return new NotDifferentiable(given)
    case "NotOnGrid":
      return new NotOnGrid(given)
    case "ParameterMismatch":
      return new ParameterMismatch(given)
    case "ShapeMismatch":
      return new ShapeMismatch(given)
    case "SideMismatch":
      return new SideMismatch(given)
  }
}
