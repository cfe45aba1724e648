import { either as E } from "fp-ts"
import type * as t from "io-ts"
import { PathReporter } from "io-ts/lib/PathReporter.js"

/** What another process sent, decoded; throws a sentence where it is something else. */
export const decoded = <A>(codec: t.Type<A, unknown, unknown>, sent: unknown): A => {
  const result = codec.decode(sent)
  if (E.isLeft(result)) throw new Error(`A process sent something else: ${PathReporter.report(result).join("; ")}.`)
  return result.right
}
