/**
 * The options of `bijou start`, decoded from the command line.
 */
import type { either as E } from "fp-ts"
import * as t from "io-ts"
import type { UnusableInput } from "../report/errors/UnusableInput.ts"
import { ByteSize } from "../train/ByteSize.ts"
import { decodeOptions, optional } from "./decodeOptions.ts"
import { dividing, gptSizes } from "./gptSizes.ts"
import { whole } from "./whole.ts"

// ---------------------------------------------------------------- model

const StartOptions = t.readonly(
  t.strict({
    data: optional(t.string),
    steps: whole(1, 1_000_000),
    ...gptSizes,
    budget: optional(ByteSize),
    out: t.string,
  }),
)

export type StartOptions = t.TypeOf<typeof StartOptions>

// ---------------------------------------------------------- destructors

/** The options, or one sentence about the first that cannot be used. */
export const decodeStartOptions = (given: unknown): E.Either<UnusableInput, StartOptions> =>
  dividing(decodeOptions(StartOptions, given))
