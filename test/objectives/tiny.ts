/**
 * What the workers of the tests train: a tiny GPT, and variants that fail.
 */
import type { GptConfig } from "bijou/net"
import { gpt } from "bijou/net"
import { Text } from "bijou/train"

/** Samples of these bytes, all of the classes below 7. */
const bytes = Uint8Array.from({ length: 400 }, (_, i) => (i * i + 3 * (i >> 2)) % 7)

const sizes: GptConfig = { vocabulary: 7, context: 4, width: 4, heads: 2, depth: 3, fractionBits: 9, dropout: 0 }

const objectiveOf = (other: Partial<GptConfig>) => {
  const { network, config } = gpt({ ...sizes, ...other })
  return { network, data: (samples: ReadonlyArray<number>) => Text.batch(bytes, config.context, 1, samples) }
}

/** By its configuration. */
export const tiny = (other: Partial<GptConfig>) => objectiveOf(other)

/** Ready made. */
export const ready = objectiveOf({ dropout: 0.25 })
