/**
 * From errors as values to exceptions.
 */
import { either as E } from "fp-ts"

/** Returns the value of a result, or throws its error. */
export const orThrow = <X>(result: E.Either<Error, X>): X => {
  if (E.isLeft(result)) throw result.left
  return result.right
}
