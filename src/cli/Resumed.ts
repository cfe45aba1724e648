/**
 * `--resume`: a run that goes on as it was begun. What the file says holds where the command line says nothing, and must not be contradicted.
 */
import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { either as E } from "fp-ts"
import { GptConfig } from "../net/Gpt.ts"
import { UnusableInput } from "../report/errors/UnusableInput.ts"
import { codeOf } from "../report/native/whole.ts"
import { Checkpoint, type Run } from "../train/Checkpoint.ts"

// ---------------------------------------------------------------- model

/** A file that `--save` has written. */
export interface Resumed {
  readonly file: string
  readonly bytes: Uint8Array
  readonly run: Run
  /** The validation loss before the first step. */
  readonly first: number
}

/** The notes of a run of `bijou start`. */
export interface Notes {
  readonly "first loss": number
  /** SHA-256, in hexadecimal digits, of the text. */
  readonly text: string
}

// ---------------------------------------------------------- destructors

/**
 * The file, and the options of the command line with what it says; `isGiven` tells which were not left out. Throws `UnusableInput` for a file
 * that is damaged or finished, and for an option against it.
 */
export const resume = async (
  file: string,
  given: Readonly<Record<string, unknown>>,
  isGiven: (name: string) => boolean,
): Promise<{ readonly resumed: Resumed; readonly given: Readonly<Record<string, unknown>> }> => {
  const bytes = await read(file)
  const run = Checkpoint.runOf(bytes)
  if (E.isLeft(run)) throw new UnusableInput(`--resume ${file}: ${run.left.message}`)
  const { steps, seed, batch, microBatch, workers, schedule, fit, network, notes } = run.right
  const config = GptConfig.decode(network)
  const first = notes["first loss"]
  if (E.isLeft(config) || typeof first !== "number")
    throw new UnusableInput(`--resume ${file} is not of a run of bijou start. Give a file that --save has written.`)
  if (steps >= schedule.steps)
    throw new UnusableInput(`--resume ${file} has taken all of its ${schedule.steps} steps. Start anew for more.`)
  if (isGiven("budget"))
    throw new UnusableInput(`--resume ${file} brings along the plan that it was begun with. Leave out --budget.`)
  const { depth, width, heads, context } = config.right
  const said = { depth, width, heads, context, batch, microBatch, seed, steps: schedule.steps }
  for (const [name, value] of Object.entries(said)) {
    const option = name === "microBatch" ? "--micro-batch" : `--${name}`
    if (isGiven(name) && Number(given[name]) !== value)
      throw new UnusableInput(
        `--resume ${file} is of a run with ${option} ${value}, not ${String(given[name])}. Leave that out, or start anew.`,
      )
  }
  // A plan is for the memory of so many threads; no bit depends on their number.
  if (fit !== null && isGiven("workers") && Number(given["workers"]) !== workers)
    throw new UnusableInput(
      `--resume ${file} brings along a plan for ${workers === null ? "no workers" : `--workers ${workers}`}. Leave out --workers.`,
    )
  const threads = fit === null ? given["workers"] : workers?.toString()
  const texts = Object.fromEntries(Object.entries(said).map(([name, value]) => [name, String(value)]))
  return { resumed: { file, bytes, run: run.right, first }, given: { ...given, ...texts, workers: threads } }
}

const read = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file)
  } catch (error) {
    const code = codeOf(error)
    const reason = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : code
    throw new UnusableInput(`--resume ${file} cannot be read: ${reason}. Give a file that --save has written.`)
  }
}

/** What tells one text from another. */
export const textDigest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** Refuses another text than that of the run. */
export const checkText = ({ file, run }: Resumed, digest: string): void => {
  if (run.notes["text"] !== digest)
    throw new UnusableInput(`--resume ${file} is of a run on another text. Give the same --data as then.`)
}
