/**
 * The options of `bijou start`, decoded from the command line.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { UnusableInput } from "../report/errors/UnusableInput.ts"
import { whole } from "./whole.ts"

// ---------------------------------------------------------------- model

const StartOptions = t.readonly(
  t.strict({
    data: t.union([t.string, t.undefined]),
    steps: whole(1, 1_000_000),
    depth: whole(1, 10_000),
    width: whole(4, 8_192),
    heads: whole(1, 1_024),
    batch: whole(1, 4_096),
    context: whole(2, 8_192),
    seed: whole(0, Number.MAX_SAFE_INTEGER),
    backend: t.keyof({ wasm: null, cpu: null }),
    native: t.boolean,
    threads: t.union([whole(1, 1_024), t.undefined]),
    out: t.string,
  }),
)

export type StartOptions = t.TypeOf<typeof StartOptions>

const wanted: Readonly<Record<string, string>> = {
  backend: "wasm or cpu",
  threads: "a whole number from 1 to 1024",
}

// ---------------------------------------------------------- destructors

/** The options, or one sentence about the first that cannot be used. */
export const decodeStartOptions = (given: unknown): E.Either<UnusableInput, StartOptions> => {
  const decoded = StartOptions.decode(given)
  if (E.isLeft(decoded)) {
    const [first] = decoded.left
    const field = first?.context.findLast(({ key }) => /^[a-z]+$/.test(key))
    const kind = wanted[field?.key ?? ""] ?? field?.type.name
    return E.left(new UnusableInput(`--${field?.key} must be ${kind}, not ${JSON.stringify(first?.value)}.`))
  }
  const { width, heads } = decoded.right
  return width % heads === 0
    ? decoded
    : E.left(
        new UnusableInput(
          `--heads ${heads} does not divide --width ${width}. Use a width that is a multiple of ${heads}, or other heads.`,
        ),
      )
}
