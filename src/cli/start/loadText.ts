/**
 * The text of `bijou start`: `--data`, or the declaration files of this package.
 */
import { orThrow } from "../../core/orThrow.ts"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { declarations, readText } from "../../node/files/readText.ts"
import { Text } from "../../train/Text.ts"
import { warn } from "../say.ts"
import { textDigest } from "./Resumed.ts"
import type { StartOptions } from "./StartOptions.ts"
import { validationBatches } from "./Validation.ts"

// ---------------------------------------------------------- destructors

/** Reads the text and splits it. Throws `UnusableInput` if it is not readable or too short. */
export const loadText = async ({ data, context }: StartOptions): Promise<Text> => {
  const bytes = orThrow(await (data === undefined ? declarations : readText(data, warn))())
  try {
    return Text.split(bytes, context, validationBatches)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new UnusableInput(`${data === undefined ? "The default text" : `--data ${data}`}: ${error.message}`)
  }
}

/** The digest that identifies a text. */
export const digestOf = ({ train, validation }: Text): string => textDigest(Buffer.concat([train, validation]))
