/**
 * Bytes as training data: windows that are functions of their sample id.
 */
import { Key } from "../core/Key.ts"
import { words } from "../exact/draws.ts"
import { tf } from "../tensor/tf.ts"

// ---------------------------------------------------------------- model

/** Training and validation bytes. A token is a byte. */
export interface Text {
  readonly train: Uint8Array
  readonly validation: Uint8Array
}

/** Tokens and the tokens that follow them, both int32 `[batch, context]`. */
export type Batch = readonly [tokens: tf.Tensor, targets: tf.Tensor]

/** Splits bytes for training, cuts batches from them, and measures the baseline to beat. */
export const Text = {
  // -------------------------------------------------------- constructors

  /**
   * Splits off the last tenth for validation. Throws `RangeError` if the training bytes do not hold a window of
   * `context` + 1 bytes, or the validation bytes do not hold `parts` such windows without overlap.
   */
  split: (bytes: Uint8Array, context: number, parts = 1): Text => {
    const cut = Math.floor(bytes.length * 0.9)
    const text = { train: bytes.subarray(0, cut), validation: bytes.subarray(cut) }
    const needed = parts * (context + 1)
    if (text.validation.length < needed || text.train.length < context + 1) {
      const tenth = parts === 1 ? "a window" : `${parts} windows`
      // The fewest bytes whose tenth, rounded up, is large enough. Nine times as many hold a window of two bytes or
      // more.
      throw new RangeError(
        `A text of ${bytes.length} bytes is too short: its last tenth is for validation and must hold ${tenth} of ${context + 1} bytes. Give at least ${10 * needed - 9} bytes, or a smaller context.`,
      )
    }
    return text
  },

  // --------------------------------------------------------- destructors

  /**
   * Cuts the windows for the samples with these global ids. The id and the seed alone determine the place in the text.
   * Throws `RangeError` for fewer than `context` + 1 bytes.
   */
  batch: (bytes: Uint8Array, context: number, seed: number, samples: ReadonlyArray<number>): Batch => {
    const places = words({ key: Key.child("window")(Key.fromSeed(seed)), samples }, 1)
    return windows(
      bytes,
      context,
      Array.from(places, (word) => word % (bytes.length - context)),
    )
  },

  /**
   * Cuts `count` windows, spread evenly over all bytes. Throws `RangeError` unless `count` is an integer of at least 1.
   */
  even: (bytes: Uint8Array, context: number, count: number): Batch => {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new RangeError(`count must be an integer of at least 1, not ${count}.`)
    return windows(
      bytes,
      context,
      Array.from({ length: count }, (_, i) => Math.floor((i * (bytes.length - context - 1)) / Math.max(1, count - 1))),
    )
  },

  /**
   * Returns the cross-entropy of the validation bytes, in nats per byte, under the byte frequencies of the training
   * bytes (plus one).
   */
  unigram: ({ train, validation }: Text): number => {
    const counts = new Float64Array(256).fill(1)
    for (const byte of train) counts[byte] = (counts[byte] ?? 0) + 1
    const total = counts.reduce((sum, count) => sum + count, 0)
    let nats = 0
    for (const byte of validation) nats -= Math.log((counts[byte] ?? 1) / total)
    return nats / validation.length
  },
}

const windows = (bytes: Uint8Array, context: number, starts: ReadonlyArray<number>): Batch => {
  if (!Number.isSafeInteger(context) || context < 1)
    throw new RangeError(`A context must be an integer of at least 1, not ${context}.`)
  if (bytes.length < context + 1)
    throw new RangeError(
      `A text of ${bytes.length} bytes does not hold a window of ${context + 1}. Give a longer text, or a smaller context.`,
    )
  const take = (shift: number): tf.Tensor => {
    const ids = new Int32Array(starts.length * context)
    for (const [i, start] of starts.entries())
      ids.set(bytes.subarray(start + shift, start + shift + context), i * context)
    return tf.tensor2d(ids, [starts.length, context], "int32")
  }
  return [take(0), take(1)]
}
