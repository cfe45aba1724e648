/**
 * io-ts codecs for numbers. The name of each codec states the numbers that it accepts.
 */
import * as t from "io-ts"
import { shown } from "../core/quoted.ts"

// --------------------------------------------------------- constructors

/** Accepts the integers that float64 represents exactly, from `least` up to `most` if that is given. */
export const integer = (least: number, most?: number): t.Type<number, number, unknown> =>
  among(
    most === undefined ? `an integer of at least ${least}` : `an integer from ${least} to ${most}`,
    (n) => Number.isSafeInteger(n) && n >= least && n <= (most ?? Infinity),
  )

/** Accepts a probability, or the decay of a moment. At 1 the moment would never change. */
export const fraction: t.Type<number, number, unknown> = among(
  "a number of at least 0 and below 1",
  (n) => n >= 0 && n < 1,
)

/** Accepts a power of a fraction, which may have been rounded to 0. */
export const power: t.Type<number, number, unknown> = among("a number from 0 to 1", (n) => n >= 0 && n <= 1)

export const amount: t.Type<number, number, unknown> = among(
  "a finite number of at least 0",
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
