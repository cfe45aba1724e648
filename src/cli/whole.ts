/**
 * The codec of whole numbers on a command line.
 */
import * as t from "io-ts"

/** A whole number from `least` to `most`, written in digits. */
export const whole = (least: number, most: number): t.Type<number, string, unknown> => {
  const holds = (n: number) => Number.isInteger(n) && n >= least && n <= most
  return new t.Type<number, string, unknown>(
    `a whole number from ${least} to ${most}`,
    (u): u is number => typeof u === "number" && holds(u),
    (u, context) => {
      const n = typeof u === "string" && /^[+-]?\d+$/.test(u.trim()) ? Number(u) : NaN
      return holds(n) ? t.success(n) : t.failure(u, context)
    },
    String,
  )
}
