/**
 * The options of `bijou check`, decoded from the command line.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { BackendName } from "../BackendName.ts"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { decodeOptions, optional } from "../decodeOptions.ts"
import { matching } from "../matching.ts"
import { integerOption } from "../integerOption.ts"

// ---------------------------------------------------------------- model

const CheckOptions = t.readonly(
  t.strict({
    backend: BackendName,
    native: t.boolean,
    kernels: t.boolean,
    threads: optional(integerOption(1, 1_024)),
    preset: t.keyof({ quick: null, thorough: null }, "quick or thorough"),
    runs: optional(integerOption(1, 1_000_000)),
    seed: integerOption(0, 2 ** 31 - 1),
    law: optional(matching("the name of a law", /\S/)),
    path: optional(matching("integers with colons between them, as a report prints it", /^\d{1,6}(:\d+)*$/)),
    json: t.boolean,
  }),
)

export type CheckOptions = t.TypeOf<typeof CheckOptions>

// ---------------------------------------------------------- destructors

/** The options, or one sentence about the first invalid option. */
export const decodeCheckOptions = (given: unknown): E.Either<UnusableInput, CheckOptions> => {
  const decoded = decodeOptions(CheckOptions, given)
  if (E.isLeft(decoded)) return decoded
  const { path, law } = decoded.right
  return path === undefined || law !== undefined
    ? decoded
    : E.left(new UnusableInput("--path repeats one case of a law. Name the law with --law."))
}
