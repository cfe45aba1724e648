/**
 * The codec of words on a command line.
 */
import * as t from "io-ts"

/** A text that the pattern matches; `name` says in messages what that is. */
export const matching = (name: string, pattern: RegExp): t.Type<string, string, unknown> =>
  new t.Type<string, string, unknown>(
    name,
    (u): u is string => typeof u === "string" && pattern.test(u),
    (u, context) => (typeof u === "string" && pattern.test(u) ? t.success(u) : t.failure(u, context)),
    String,
  )
