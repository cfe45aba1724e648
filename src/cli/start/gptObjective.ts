/**
 * The objective of `bijou start`: a GPT on windows of a text.
 */
import { gpt, type GptConfig } from "../../net/Gpt.ts"
import { Text, type Batch } from "../../train/Text.ts"

// ---------------------------------------------------------------- model

/** The task of an objective; `bytes` is the training text. */
export interface GptTask {
  readonly config: GptConfig
  readonly seed: number
  readonly bytes: Uint8Array
}

// --------------------------------------------------------- constructors

/** The network from token ids to loss, and the windows by sample id. */
export const gptObjective = ({ config, seed, bytes }: GptTask) => {
  const { bijection: network } = gpt(config)
  const data = (samples: ReadonlyArray<number>): Batch => Text.batch(bytes, config.context, seed, samples)
  return { network, data }
}
