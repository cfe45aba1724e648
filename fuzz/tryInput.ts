/**
 * One input, read once: whether it ends as the reader says, and leaves nothing.
 */
import { buffers, tf } from "bijou/tensor"
import { inputOf } from "./mutate.ts"
import type { Reader, Target } from "./Reader.ts"

// ---------------------------------------------------------------- model

/**
 * How it ended. A raw error is one that the reader does not declare, or one whose message is no sentence for a person.
 */
export type Verdict =
  | { readonly _tag: "accepted" }
  | { readonly _tag: "refused" }
  | { readonly _tag: "raw error"; readonly what: string }
  | { readonly _tag: "leak"; readonly what: string }

// ---------------------------------------------------------- destructors

/** Makes the input with this number, and reads it. */
export const tryInput = async (
  { name }: Reader,
  targets: ReadonlyArray<Target>,
  seed: number,
  index: number,
): Promise<Verdict> => {
  const { target, bytes } = inputOf(name, targets, seed, index)
  const before = held()
  try {
    const outcome = await target.read(bytes)
    if (outcome._tag === "accepted") outcome.release()
    else if (outcome.message.length > longest || /[\p{Cc}\p{Cf}]/u.test(outcome.message))
      return { _tag: "raw error", what: `a message of ${outcome.message.length} characters: ${shown(outcome.message)}` }
    const after = held()
    return after === before ? { _tag: outcome._tag } : { _tag: "leak", what: `${before} before, ${after} after` }
  } catch (error) {
    return { _tag: "raw error", what: shown(String(error)) }
  }
}

/** The most characters that a message has: two quotes of 60, and the rest of the sentence. */
const longest = 400

const held = (): string => `${buffers().count} buffers and ${tf.memory().numTensors} tensors`

const shown = (text: string): string => JSON.stringify(text.slice(0, 200))
