/**
 * Decodes the options of a command.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { shown } from "../core/quoted.ts"
import { UnusableInput } from "../node/errors/UnusableInput.ts"

// --------------------------------------------------------- constructors

/** An optional option; messages call it by the name of its type. */
export const optional = <A>(type: t.Type<A, unknown, unknown>): t.Type<A | undefined, unknown, unknown> =>
  t.union([type, t.undefined], type.name)

// ---------------------------------------------------------- destructors

/** The options, or one sentence about the first invalid one, which says the name of its codec. */
export const decodeOptions = <A>(codec: t.Type<A, unknown, unknown>, given: unknown): E.Either<UnusableInput, A> => {
  const decoded = codec.decode(given)
  if (E.isRight(decoded)) return decoded
  const [first] = decoded.left
  const field = first?.context.findLast(({ key }) => /^[a-z]+$/i.test(key))
  const option = field?.key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return E.left(new UnusableInput(`--${option} must be ${field?.type.name}, not ${shown(first?.value)}.`))
}
