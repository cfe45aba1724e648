/**
 * The options of `bijou check`, decoded from the command line.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { UnusableInput } from "../report/errors/UnusableInput.ts"
import { whole } from "./whole.ts"

// ---------------------------------------------------------------- model

const matching = (name: string, pattern: RegExp): t.Type<string, string, unknown> =>
  new t.Type<string, string, unknown>(
    name,
    (u): u is string => typeof u === "string" && pattern.test(u),
    (u, context) => (typeof u === "string" && pattern.test(u) ? t.success(u) : t.failure(u, context)),
    String,
  )

const CheckOptions = t.readonly(
  t.strict({
    backend: t.keyof({ wasm: null, cpu: null }),
    native: t.boolean,
    threads: t.union([whole(1, 1_024), t.undefined]),
    preset: t.keyof({ quick: null, thorough: null }),
    runs: t.union([whole(1, 1_000_000), t.undefined]),
    seed: whole(0, 2 ** 31 - 1),
    law: t.union([matching("the name of a law", /\S/), t.undefined]),
    path: t.union([
      matching("numbers with colons between them, as a report gives it", /^\d{1,6}(:\d+)*$/),
      t.undefined,
    ]),
    json: t.boolean,
  }),
)

export type CheckOptions = t.TypeOf<typeof CheckOptions>

const wanted: Readonly<Record<string, string>> = {
  backend: "wasm or cpu",
  preset: "quick or thorough",
  threads: "a whole number from 1 to 1024",
  runs: "a whole number from 1 to 1000000",
  law: "the name of a law",
  path: "numbers with colons between them, as a report gives it",
}

// ---------------------------------------------------------- destructors

/** The options, or one sentence about the first that cannot be used. */
export const decodeCheckOptions = (given: unknown): E.Either<UnusableInput, CheckOptions> => {
  const decoded = CheckOptions.decode(given)
  if (E.isLeft(decoded)) {
    const [first] = decoded.left
    const field = first?.context.findLast(({ key }) => /^[a-z]+$/.test(key))
    const kind = wanted[field?.key ?? ""] ?? field?.type.name
    return E.left(new UnusableInput(`--${field?.key} must be ${kind}, not ${JSON.stringify(first?.value)}.`))
  }
  const { path, law } = decoded.right
  return path === undefined || law !== undefined
    ? decoded
    : E.left(new UnusableInput("--path repeats a case of one law: name it with --law."))
}
