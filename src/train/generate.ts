/**
 * Text from a trained byte-level GPT.
 */
import { either as E, type taskEither as TE } from "fp-ts"
import { Key } from "../core/Key.ts"
import { run } from "../core/Program.ts"
import type { RevError } from "../core/RevError.ts"
import { uniforms } from "../exact/draws.ts"
import type { Gpt } from "../net/Gpt.ts"
import { tensorEnv } from "../tensor/tensorWatch.ts"
import { tf } from "../tensor/tf.ts"
import { nextTask } from "./nextTask.ts"

// ---------------------------------------------------------------- model

/** What to continue, by how much, and how boldly. */
export interface Prompt {
  readonly bytes: Uint8Array
  /** How many bytes to add. */
  readonly count: number
  /** Divides the logits: below 1 is safer, above 1 bolder. */
  readonly temperature: number
  readonly seed: number
}

// ---------------------------------------------------------- destructors

/** The prompt and `count` bytes drawn one by one from the network; the same seed draws the same bytes. */
export const generate =
  ({ config, logits }: Gpt, params: Parameters<Gpt["logits"]["params"]["leaves"]>[0]) =>
  ({ bytes, count, temperature, seed }: Prompt): TE.TaskEither<RevError, Uint8Array> =>
  async () => {
    const text = [...bytes]
    const places = uniforms({ key: Key.child("generate")(Key.fromSeed(seed)), samples: [0] }, count)
    for (let i = 0; i < count; i++) {
      const window = text.slice(-config.context)
      const tokens = tf.tensor2d([window], [1, window.length], "int32")
      const result = await run(logits.infer(tokens))(tensorEnv({ params, seed }))()
      tokens.dispose()
      if (E.isLeft(result)) return result
      const values = await result.right.data()
      result.right.dispose()
      await nextTask()
      text.push(draw(values.subarray(-config.vocabulary), temperature, places[i] ?? 0))
    }
    return E.right(Uint8Array.from(text))
  }

/** The class at which the cumulative probability passes `place`. */
const draw = (logits: ArrayLike<number>, temperature: number, place: number): number => {
  const scaled = Array.from(logits, (logit) => logit / temperature)
  const most = Math.max(...scaled)
  const weights = scaled.map((logit) => Math.exp(logit - most))
  let left = place * weights.reduce((sum, weight) => sum + weight, 0)
  const found = weights.findIndex((weight) => (left -= weight) < 0)
  return found === -1 ? weights.length - 1 : found
}
