/**
 * The options that say which GPT, on what batch and on which backend.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { UnusableInput } from "../report/errors/UnusableInput.ts"
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

// ----------------------------------------------------------- combinators

/** Refuses heads that do not divide the width. */
export const dividing = <O extends { readonly width: number; readonly heads: number }>(
  decoded: E.Either<UnusableInput, O>,
): E.Either<UnusableInput, O> => {
  if (E.isLeft(decoded)) return decoded
  const { width, heads } = decoded.right
  return width % heads === 0
    ? decoded
    : E.left(
        new UnusableInput(
          `--heads ${heads} does not divide --width ${width}. Use a width that is a multiple of ${heads}, or other heads.`,
        ),
      )
}
