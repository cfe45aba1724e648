/**
 * A tiny GPT for the workers of the tests.
 */
import { gpt, type GptConfig, Text } from "bijou/net"

const bytes = Uint8Array.from({ length: 400 }, (_, i) => (i * i + 3 * (i >> 2)) % 7)

const sizes: GptConfig = { vocabulary: 7, context: 4, width: 4, heads: 2, depth: 3, fractionBits: 9, dropout: 0.25 }

/** A function of its configuration, as a promise. */
export const tiny = async (other: Partial<GptConfig>) => {
  const { bijection: network, config } = gpt({ ...sizes, ...other })
  return { network, data: (samples: ReadonlyArray<number>) => Text.batch(bytes, config.context, 1, samples) }
}

/** An objective. */
export const ready = await tiny({})

/** Not an objective. */
export const nothing = { network: ready.network }

/** Not an objective either. */
export const failing = (): never => {
  throw new Error("there is no text here")
}
