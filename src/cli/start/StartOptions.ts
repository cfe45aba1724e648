/**
 * The options of `bijou start`, decoded from the command line.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { isShareable, notShareable } from "../../node/workers/shareable.ts"
import { ByteSize } from "../../train/memory/ByteSize.ts"
import { decodeOptions, optional } from "../decodeOptions.ts"
import { gptSizes, indivisible } from "../gptSizes.ts"
import { integerOption } from "../integerOption.ts"

// ---------------------------------------------------------------- model

const Given = t.readonly(
  t.strict({
    data: optional(t.string),
    steps: integerOption(1, 1_000_000),
    ...gptSizes,
    microBatch: optional(integerOption(1, 4_096)),
    workers: optional(integerOption(1, 1_024)),
    budget: optional(ByteSize),
    out: t.string,
    depths: t.boolean,
    save: optional(t.string),
    saveMinutes: optional(integerOption(1, 100_000)),
    saveSteps: optional(integerOption(1, 1_000_000)),
    allowOtherBits: t.boolean,
  }),
)

export type StartOptions = t.TypeOf<typeof Given> & {
  /** Samples evaluated together. */
  readonly microBatch: number
}

// ---------------------------------------------------------- destructors

/** The options, or one sentence about the first invalid option. */
export const decodeStartOptions = (given: unknown): E.Either<UnusableInput, StartOptions> => {
  const decoded = decodeOptions(Given, given)
  if (E.isLeft(decoded)) return decoded
  const { width, heads, batch, backend, workers, save, saveMinutes, saveSteps } = decoded.right
  // With and without workers, so that no bit depends on them. On tensorflow bits depend on the threads anyway.
  const shared = isShareable(backend) && batch % usual === 0 && (backend !== "tensorflow" || workers !== undefined)
  const microBatch = decoded.right.microBatch ?? (shared ? usual : batch)
  const count = batch / microBatch
  if (width % heads !== 0) return unusable(indivisible(width, heads))
  if (!Number.isInteger(count))
    return unusable(`--micro-batch ${microBatch} does not divide --batch ${batch}. Use a size that does.`)
  if (save === undefined && (saveMinutes !== undefined || saveSteps !== undefined))
    return unusable("--save-minutes and --save-steps need --save. Add --save and a file.")
  if (workers !== undefined && !isShareable(backend)) return unusable(notShareable(backend))
  if (workers !== undefined && workers > count)
    return unusable(
      `--workers ${workers} cannot share --batch ${batch}, which is ${count} micro-batch${count === 1 ? "" : "es"} of ${microBatch}. Use at most ${count}, or a smaller --micro-batch.`,
    )
  return E.right({ ...decoded.right, microBatch })
}

/** The usual size of micro-batches: it divides most batches and is large enough for fast kernels. */
const usual = 8

const unusable = (sentence: string) => E.left(new UnusableInput(sentence))
