/**
 * io-ts codecs of numbers; what they are called says what they take.
 */
import * as t from "io-ts"
import { shown } from "../core/quoted.ts"

// --------------------------------------------------------- constructors

/** An integer that float64 has exactly, of at least `least` and, where it is given, at most `most`. */
export const integer = (least: number, most?: number): t.Type<number, number, unknown> =>
  among(
    most === undefined ? `an integer of at least ${least}` : `an integer from ${least} to ${most}`,
    (n) => Number.isSafeInteger(n) && n >= least && n <= (most ?? Infinity),
  )

/** A probability, or how much of a moment stays in a step: at 1 nothing would ever come in. */
export const fraction: t.Type<number, number, unknown> = among("a number from 0 to below 1", (n) => n >= 0 && n < 1)

/** A power of a fraction, which may have become 0. */
export const power: t.Type<number, number, unknown> = among("a number from 0 to 1", (n) => n >= 0 && n <= 1)

export const amount: t.Type<number, number, unknown> = among(
  "a finite number from 0 on",
  (n) => Number.isFinite(n) && n >= 0,
)

export const positiveAmount: t.Type<number, number, unknown> = among(
  "a finite number above 0",
  (n) => Number.isFinite(n) && n > 0,
)

export const finite: t.Type<number, number, unknown> = among("a finite number", Number.isFinite)

function among(name: string, holds: (n: number) => boolean): t.Type<number, number, unknown> {
  const is = (u: unknown): u is number => typeof u === "number" && holds(u)
  return new t.Type<number, number, unknown>(
    name,
    is,
    (u, context) => (is(u) ? t.success(u) : t.failure(u, context, `must be ${name}, not ${shown(u)}`)),
    t.identity,
  )
}
