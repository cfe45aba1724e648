/**
 * Codecs of the numbers in a run; what they are called says what they take.
 */
import * as t from "io-ts"

const type = (name: string, holds: (n: number) => boolean): t.Type<number> => {
  const is = (u: unknown): u is number => typeof u === "number" && holds(u)
  return new t.Type(name, is, (u, context) => (is(u) ? t.success(u) : t.failure(u, context)), t.identity)
}

export const count = type("a whole number from 0 on", (n) => Number.isSafeInteger(n) && n >= 0)

export const positiveCount = type("a whole number from 1 on", (n) => Number.isSafeInteger(n) && n >= 1)

export const amount = type("a finite number from 0 on", (n) => Number.isFinite(n) && n >= 0)

export const positiveAmount = type("a finite number above 0", (n) => Number.isFinite(n) && n > 0)

/** How much of a moment stays in a step: at 1 nothing would ever come in. */
export const fraction = type("a number from 0 to below 1", (n) => n >= 0 && n < 1)

/** A power of a fraction, which may have become 0. */
export const power = type("a number from 0 to 1", (n) => n >= 0 && n <= 1)

export const finite = type("a finite number", Number.isFinite)
