/**
 * The options of `bijou native`, decoded from the command line.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { decodeOptions, optional } from "../decodeOptions.ts"
import { matching } from "../matching.ts"

// ---------------------------------------------------------------- model

const NativeOptions = t.readonly(
  t.strict({
    from: t.keyof({ auto: null, system: null, pypi: null }, "auto, system or pypi"),
    tensorflow: t.boolean,
    gpu: t.boolean,
    tensorflowVersion: optional(matching("a version such as 2.21.0", /^\d+\.\d+\.\d+$/)),
    remove: t.boolean,
  }),
)

export type NativeOptions = t.TypeOf<typeof NativeOptions>

// ---------------------------------------------------------- destructors

/** The options, or one sentence about the first that cannot be used. */
export const decodeNativeOptions = (given: unknown): E.Either<UnusableInput, NativeOptions> => {
  const decoded = decodeOptions(NativeOptions, given)
  if (E.isLeft(decoded)) return decoded
  const { from, tensorflow, gpu, tensorflowVersion } = decoded.right
  if (tensorflow && from !== "auto")
    return E.left(new UnusableInput("--from is for a BLAS, and TensorFlow comes from PyPI alone. Leave it out."))
  if (!tensorflow && (gpu || tensorflowVersion !== undefined))
    return E.left(new UnusableInput(`--${gpu ? "gpu" : "tensorflow-version"} is for TensorFlow. Add --tensorflow.`))
  return decoded
}
