/**
 * The codec of text on a command line.
 */
import * as t from "io-ts"

/** Decodes text that matches the pattern; messages call it `name`. */
export const matching = (name: string, pattern: RegExp): t.Type<string, string, unknown> =>
  new t.Type<string, string, unknown>(
    name,
    (u): u is string => typeof u === "string" && pattern.test(u),
    (u, context) => (typeof u === "string" && pattern.test(u) ? t.success(u) : t.failure(u, context)),
    String,
  )
