/**
 * The options of `bijou native`, decoded from the command line.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { UnusableInput } from "../report/errors/UnusableInput.ts"

// ---------------------------------------------------------------- model

const NativeOptions = t.readonly(
  t.strict({
    from: t.keyof({ auto: null, system: null, pypi: null }),
    remove: t.boolean,
  }),
)

export type NativeOptions = t.TypeOf<typeof NativeOptions>

// ---------------------------------------------------------- destructors

/** The options, or one sentence about the first that cannot be used. */
export const decodeNativeOptions = (given: unknown): E.Either<UnusableInput, NativeOptions> => {
  const decoded = NativeOptions.decode(given)
  if (E.isRight(decoded)) return decoded
  const [first] = decoded.left
  const field = first?.context.findLast(({ key }) => /^[a-z]+$/.test(key))
  const wanted = field?.key === "from" ? "auto, system or pypi" : field?.type.name
  return E.left(new UnusableInput(`--${field?.key} must be ${wanted}, not ${JSON.stringify(first?.value)}.`))
}
