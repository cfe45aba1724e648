/**
 * The options of `bijou native`, decoded from the command line.
 */
import type { either as E } from "fp-ts"
import * as t from "io-ts"
import type { UnusableInput } from "../report/errors/UnusableInput.ts"
import { decodeOptions } from "./decodeOptions.ts"

// ---------------------------------------------------------------- model

const NativeOptions = t.readonly(
  t.strict({
    from: t.keyof({ auto: null, system: null, pypi: null }, "auto, system or pypi"),
    remove: t.boolean,
  }),
)

export type NativeOptions = t.TypeOf<typeof NativeOptions>

// ---------------------------------------------------------- destructors

/** The options, or one sentence about the first that cannot be used. */
export const decodeNativeOptions = (given: unknown): E.Either<UnusableInput, NativeOptions> =>
  decodeOptions(NativeOptions, given)
