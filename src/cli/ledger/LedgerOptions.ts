/**
 * The options of `bijou ledger`, decoded from the command line.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { ByteSize } from "../../train/memory/ByteSize.ts"
import { decodeOptions, optional } from "../decodeOptions.ts"
import { gptSizes, indivisible } from "../gptSizes.ts"
import { integerOption } from "../integerOption.ts"

// ---------------------------------------------------------------- model

const LedgerOptions = t.readonly(
  t.strict({
    ...gptSizes,
    vocabulary: integerOption(2, 1_000_000),
    plan: t.keyof({ reversed: null, taped: null }, "reversed or taped"),
    budget: optional(ByteSize),
    predict: t.boolean,
    json: t.boolean,
    svg: optional(t.string),
  }),
)

export type LedgerOptions = t.TypeOf<typeof LedgerOptions>

// ---------------------------------------------------------- destructors

/** The options, or one sentence about the first invalid option. */
export const decodeLedgerOptions = (given: unknown): E.Either<UnusableInput, LedgerOptions> => {
  const decoded = decodeOptions(LedgerOptions, given)
  if (E.isLeft(decoded)) return decoded
  const { width, heads } = decoded.right
  return width % heads === 0 ? decoded : E.left(new UnusableInput(indivisible(width, heads)))
}
