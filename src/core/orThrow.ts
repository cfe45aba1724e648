/**
 * Errors as values, thrown where the caller throws.
 */
import { either as E } from "fp-ts"

/** The value of a result; throws its error where there is none. */
export const orThrow = <X>(result: E.Either<Error, X>): X => {
  if (E.isLeft(result)) throw result.left
  return result.right
}
