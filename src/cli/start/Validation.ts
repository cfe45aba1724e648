/**
 * The loss on the part of the text that is not trained on.
 */
import { orThrow } from "../../core/orThrow.ts"
import type { Gpt } from "../../net/Gpt.ts"
import { tensorScope } from "../../tensor/values/tensorScope.ts"
import { Text } from "../../train/Text.ts"
import { validate } from "../../train/validate.ts"
import type { StartOptions } from "./StartOptions.ts"
import type { GptTrained } from "./trainGpt.ts"

// ---------------------------------------------------------------- model

export interface Validation {
  /** In nats a byte; throws what the network ended in. */
  readonly lossOf: (trained: GptTrained) => Promise<number>
  readonly release: () => void
}

/** How many batches it is the mean of. */
export const validationBatches = 4

// --------------------------------------------------------- constructors

/** Takes its batches from all over the text, evenly. */
export const holdOut = (
  { bijection: network }: Gpt,
  { validation }: Text,
  { context, batch }: StartOptions,
): Validation => {
  const held = Array.from({ length: validationBatches }, (_, i) => {
    const part = Math.floor(validation.length / validationBatches)
    return Text.even(validation.subarray(i * part, (i + 1) * part), context, batch)
  })
  return {
    lossOf: async ({ params }) => orThrow(await validate(network, params, held)()),
    release: () => tensorScope.release(held),
  }
}
