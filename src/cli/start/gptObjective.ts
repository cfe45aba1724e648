/**
 * What the workers of `bijou start` train: a GPT on the windows of a text.
 */
import { gpt, type GptConfig } from "../../net/Gpt.ts"
import { Text, type Batch } from "../../train/Text.ts"

// ---------------------------------------------------------------- model

/** What an objective is made of; `bytes` are those of the training text. */
export interface GptTask {
  readonly config: GptConfig
  readonly seed: number
  readonly bytes: Uint8Array
}

// --------------------------------------------------------- constructors

/** The network from token ids to loss, and its windows by sample id. */
export const gptObjective = ({ config, seed, bytes }: GptTask) => {
  const { bijection: network } = gpt(config)
  const data = (samples: ReadonlyArray<number>): Batch => Text.batch(bytes, config.context, seed, samples)
  return { network, data }
}
