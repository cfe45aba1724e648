/**
 * The options for the sizes of a GPT, its batch and its backend.
 */
import * as t from "io-ts"
import { BackendName } from "./BackendName.ts"
import { optional } from "./decodeOptions.ts"
import { integerOption } from "./integerOption.ts"

// ---------------------------------------------------------------- model

export const gptSizes = {
  depth: integerOption(1, 10_000),
  width: integerOption(4, 8_192),
  heads: integerOption(1, 1_024),
  batch: integerOption(1, 4_096),
  context: integerOption(2, 8_192),
  seed: integerOption(0, Number.MAX_SAFE_INTEGER),
  backend: BackendName,
  native: t.boolean,
  threads: optional(integerOption(1, 1_024)),
}

// ---------------------------------------------------------- destructors

/** The message for heads that do not divide the width. */
export const indivisible = (width: number, heads: number): string =>
  `--heads ${heads} does not divide --width ${width}. Use a width that is a multiple of ${heads}, or other heads.`
