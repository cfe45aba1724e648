/**
 * The codec of integers on a command line.
 */
import * as t from "io-ts"
import { integer } from "../tensor/numbers.ts"

/** Decodes an integer from `least` to `most`, written in digits. */
export const integerOption = (least: number, most: number): t.Type<number, string, unknown> => {
  const { name, is } = integer(least, most)
  return new t.Type<number, string, unknown>(
    name,
    is,
    (u, context) => {
      const n = typeof u === "string" && /^[+-]?\d+$/.test(u.trim()) ? Number(u) : NaN
      return is(n) ? t.success(n) : t.failure(u, context)
    },
    String,
  )
}
