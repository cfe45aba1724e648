/**
 * The options of `bijou start`, decoded from the command line.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { BackendName } from "./BackendName.ts"
import { UnusableInput } from "../report/errors/UnusableInput.ts"
import { ByteSize } from "../train/ByteSize.ts"
import { decodeOptions, optional } from "./decodeOptions.ts"
import { whole } from "./whole.ts"

// ---------------------------------------------------------------- model

const StartOptions = t.readonly(
  t.strict({
    data: optional(t.string),
    steps: whole(1, 1_000_000),
    depth: whole(1, 10_000),
    width: whole(4, 8_192),
    heads: whole(1, 1_024),
    batch: whole(1, 4_096),
    context: whole(2, 8_192),
    seed: whole(0, Number.MAX_SAFE_INTEGER),
    backend: BackendName,
    native: t.boolean,
    threads: optional(whole(1, 1_024)),
    budget: optional(ByteSize),
    out: t.string,
  }),
)

export type StartOptions = t.TypeOf<typeof StartOptions>

// ---------------------------------------------------------- destructors

/** The options, or one sentence about the first that cannot be used. */
export const decodeStartOptions = (given: unknown): E.Either<UnusableInput, StartOptions> => {
  const decoded = decodeOptions(StartOptions, given)
  if (E.isLeft(decoded)) return decoded
  const { width, heads } = decoded.right
  return width % heads === 0
    ? decoded
    : E.left(
        new UnusableInput(
          `--heads ${heads} does not divide --width ${width}. Use a width that is a multiple of ${heads}, or other heads.`,
        ),
      )
}
