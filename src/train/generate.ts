/**
 * Text generation with a trained byte-level GPT.
 */
import { either as E, type taskEither as TE } from "fp-ts"
import { LayerFailed } from "../core/errors/LayerFailed.ts"
import { Key } from "../core/Key.ts"
import { run } from "../core/Program.ts"
import type { RevError } from "../core/RevError.ts"
import { uniforms } from "../exact/draws.ts"
import type { Gpt, GptConfig } from "../net/Gpt.ts"
import { tensorEnv } from "../tensor/values/tensorWatch.ts"
import { tf } from "../tensor/tf.ts"
import { nextTask } from "./nextTask.ts"

// ---------------------------------------------------------------- model

/** A prompt and how to continue it. */
export interface Prompt {
  /** At least one byte. */
  readonly bytes: Uint8Array
  /** The number of bytes to add. */
  readonly count: number
  /** Divides the logits: below 1 is safer, above 1 bolder. 0 takes the likeliest byte, and the first of equal ones. */
  readonly temperature: number
  /** A non-negative integer below 2^53. */
  readonly seed: number
}

// ---------------------------------------------------------- destructors

/**
 * Returns the prompt and `count` bytes drawn one by one from the network. The same seed draws the same bytes.
 *
 * Throws `RangeError` for a vocabulary of more than 256 ids, which are not bytes, and for an invalid prompt. The
 * program fails with `LayerFailed` if logits are not finite.
 */
export const generate = (
  { config, outputs: logits }: Gpt,
  params: Parameters<Gpt["outputs"]["params"]["leaves"]>[0],
  { bytes, count, temperature, seed }: Prompt,
): TE.TaskEither<RevError, Uint8Array> => {
  checkPrompt(config, { bytes, count, temperature, seed })
  const key = Key.child("generate")(Key.fromSeed(seed))
  return async () => {
    const text = [...bytes]
    const places = uniforms({ key, samples: [0] }, count)
    for (let i = 0; i < count; i++) {
      const window = text.slice(-config.context)
      const tokens = tf.tensor2d([window], [1, window.length], "int32")
      const result = await run(logits.infer(tokens))(tensorEnv({ params, seed }))()
      tokens.dispose()
      if (E.isLeft(result)) return result
      const values = (await result.right.data()) as Float32Array // logits are float32
      result.right.dispose()
      await nextTask()
      const last = values.subarray(-config.vocabulary)
      const bad = last.findIndex((logit) => Number.isNaN(logit) || logit === Infinity)
      if (bad !== -1 || last.every((logit) => logit === -Infinity))
        return E.left(notFinite(Math.max(bad, 0), last[Math.max(bad, 0)], text.length))
      text.push(draw(last, temperature, places[i] ?? 0))
    }
    return E.right(Uint8Array.from(text))
  }
}

const checkPrompt = ({ vocabulary }: GptConfig, { bytes, count, temperature }: Prompt): void => {
  if (vocabulary > 256)
    throw new RangeError(
      `generate writes bytes, so a vocabulary has at most 256 ids, and this network has ${vocabulary}. Draw from its logits, and decode the ids.`,
    )
  if (bytes.length === 0) throw new RangeError("The prompt is empty. Give at least one byte.")
  const outside = bytes.findIndex((byte) => byte >= vocabulary)
  if (outside !== -1)
    throw new RangeError(
      `Byte ${outside} of the prompt is ${bytes[outside]}, but the network has a vocabulary of ${vocabulary}.`,
    )
  if (!Number.isSafeInteger(count) || count < 0)
    throw new RangeError(`count must be an integer of at least 0, not ${count}.`)
  if (!(temperature >= 0 && temperature < Infinity))
    throw new RangeError(`A temperature must be a finite number of at least 0, not ${temperature}.`)
}

const notFinite = (id: number, logit: unknown, place: number): RevError =>
  new LayerFailed({
    path: ["head"],
    cause: new Error(
      `the logit of id ${id} is ${String(logit)} for byte ${place}, so no byte can be drawn. Look for NaN in the parameters.`,
    ),
  })

/**
 * Returns the class at which the cumulative probability passes `place`, or the best class if the temperature is too low
 * for another.
 */
const draw = (logits: Float32Array, temperature: number, place: number): number => {
  const scaled = Array.from(logits, (logit) => logit / temperature)
  const most = Math.max(...scaled)
  if (temperature === 0 || !Number.isFinite(most)) return logits.indexOf(Math.max(...logits))
  const weights = scaled.map((logit) => Math.exp(logit - most))
  let left = place * weights.reduce((sum, weight) => sum + weight, 0)
  const found = weights.findIndex((weight) => (left -= weight) < 0)
  return found === -1 ? weights.length - 1 : found
}
