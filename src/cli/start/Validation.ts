/**
 * The loss on the held-out part of the text.
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
  /** The loss in nats per byte. Throws the error of the network. */
  readonly lossOf: (trained: GptTrained) => Promise<number>
  readonly release: () => void
}

/** The loss is the mean of this many batches. */
export const validationBatches = 4

// --------------------------------------------------------- constructors

/** Takes evenly spaced batches from the validation text. */
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
