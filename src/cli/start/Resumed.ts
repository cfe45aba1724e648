/**
 * `--resume`: continues a run with its own options. The command line may repeat them, but must not contradict them.
 */
import { createHash } from "node:crypto"
import { either as E } from "fp-ts"
import { quoted, shown } from "../../core/quoted.ts"
import { GptConfig } from "../../net/Gpt.ts"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { openFile, type FileSource } from "../../node/files/fileSource.ts"
import { codeOf } from "../../node/files/replaceFolder.ts"
import { currentRuntime, runtimeName, sameRuntime } from "../../tensor/Runtime.ts"
import { Checkpoint } from "../../train/checkpoint/Checkpoint.ts"
import type { Run } from "../../train/checkpoint/Run.ts"

// ---------------------------------------------------------------- model

/** A checkpoint that `--save` has written. */
export interface Resumed {
  readonly file: string
  /** The caller closes it. */
  readonly source: FileSource
  readonly run: Run
  readonly config: GptConfig
  /** The validation loss before the first step. */
  readonly first: number
}

/** The notes in a checkpoint of `bijou start`. */
export interface Notes {
  readonly "first loss": number
  /** SHA-256 of the text, in hexadecimal. */
  readonly text: string
}

/** Token ids are bytes. */
export const vocabulary = 256

// ---------------------------------------------------------- destructors

/**
 * Opens the checkpoint and merges its options into those of the command line; `isGiven` says which options the command
 * line has. Throws `UnusableInput` for a damaged checkpoint, a finished run and a contradicting option.
 */
export const resume = async (
  file: string,
  given: Readonly<Record<string, unknown>>,
  isGiven: (name: string) => boolean,
): Promise<{ readonly resumed: Resumed; readonly given: Readonly<Record<string, unknown>> }> => {
  const source = await openCheckpoint(file)
  try {
    const read = await Checkpoint.runOf(source)()
    if (E.isLeft(read)) throw new UnusableInput(`--resume ${file}: ${read.left.message}`)
    const run = read.right
    const { config, first } = ofStart(file, run)
    const { steps, seed, batch, microBatch, workers, schedule, runtime } = run
    if (steps >= schedule.steps)
      throw new UnusableInput(
        `--resume ${file} has taken all of its ${schedule.steps} steps. For more, start a new run.`,
      )
    const { depth, width, heads, context } = config
    const said = { depth, width, heads, context, batch, microBatch, seed, steps: schedule.steps }
    for (const [name, value] of Object.entries(said)) {
      const option = name === "microBatch" ? "--micro-batch" : `--${name}`
      if (isGiven(name) && Number(given[name]) !== value)
        throw new UnusableInput(
          `--resume ${file} is of a run with ${option} ${value}, not ${shown(given[name])}. Leave it out, or start a new run.`,
        )
    }
    const texts = Object.fromEntries(Object.entries(said).map(([name, value]) => [name, String(value)]))
    // No bit depends on these, so the command line may change them.
    const free = isGiven("workers") ? {} : { workers: workers?.toString() }
    const backend = isGiven("backend") ? {} : { backend: runtime.backend }
    return { resumed: { file, source, run, config, first }, given: { ...given, ...texts, ...free, ...backend } }
  } catch (error) {
    await source.close()
    throw error
  }
}

/** The configuration and the first loss; refuses checkpoints of other programs. */
const ofStart = (file: string, { network, notes }: Run): { readonly config: GptConfig; readonly first: number } => {
  const config = GptConfig.decode(network)
  const first = notes["first loss"]
  if (E.isLeft(config) || typeof first !== "number")
    throw new UnusableInput(`--resume ${file} is not a checkpoint of bijou start. Give a file that --save has written.`)
  if (config.right.vocabulary !== vocabulary)
    throw new UnusableInput(
      `--resume ${file} is of a network with a vocabulary of ${config.right.vocabulary}, and bijou start reads bytes, a vocabulary of ${vocabulary}. Resume it with the library.`,
    )
  return { config: config.right, first }
}

const openCheckpoint = async (file: string): Promise<FileSource> => {
  try {
    return await openFile(file)
  } catch (error) {
    const code = codeOf(error)
    const reason = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : code
    throw new UnusableInput(`--resume ${file} cannot be read: ${reason}. Give a file that --save has written.`)
  }
}

/** The digest that identifies a text. */
export const textDigest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** Refuses a text that is not that of the run. */
export const checkText = ({ file, run }: Resumed, digest: string): void => {
  if (run.notes["text"] !== digest)
    throw new UnusableInput(`--resume ${file} is of a run on another text. Give the same --data as for that run.`)
}

/** Refuses a runtime that computes other bits than that of the run. Call it after the backend has started. */
export const checkRuntime = ({ file, run }: Resumed): void => {
  const now = currentRuntime()
  if (!sameRuntime(run.runtime, now))
    throw new UnusableInput(
      `--resume ${file} is of a run on ${named(runtimeName(run.runtime))}, and this is ${runtimeName(now)}, which computes other bits. ${way(run.runtime, now)}, or give --allow-other-bits.`,
    )
}

/** Quotes a name with unusual characters, since it comes from a file. */
const named = (name: string): string => (/^[\w ,.()/-]{1,120}$/.test(name) ? name : quoted(name))

const way = (then: Run["runtime"], now: Run["runtime"]): string => {
  if (then.backend !== now.backend) return "Leave out --backend"
  if (then.library === null && now.library !== null) return "Give --no-native"
  if (now.library === null && now.backend === "wasm") return "Set up the same and leave out --no-native"
  if (then.library !== now.library || then.processor !== now.processor || then.opLibrary !== now.opLibrary)
    return "Set up the same here"
  return "Leave out --threads"
}
