/**
 * The options that say which GPT, on what batch and on which backend.
 */
import * as t from "io-ts"
import { BackendName } from "./BackendName.ts"
import { optional } from "./decodeOptions.ts"
import { whole } from "./whole.ts"

// ---------------------------------------------------------------- model

export const gptSizes = {
  depth: whole(1, 10_000),
  width: whole(4, 8_192),
  heads: whole(1, 1_024),
  batch: whole(1, 4_096),
  context: whole(2, 8_192),
  seed: whole(0, Number.MAX_SAFE_INTEGER),
  backend: BackendName,
  native: t.boolean,
  threads: optional(whole(1, 1_024)),
}

// ---------------------------------------------------------- destructors

/** Why heads that do not divide the width cannot be used. */
export const indivisible = (width: number, heads: number): string =>
  `--heads ${heads} does not divide --width ${width}. Use a width that is a multiple of ${heads}, or other heads.`
