/**
 * io-ts codecs for the numbers in a network's configuration.
 */
import * as t from "io-ts"
import { shown } from "../core/quoted.ts"

// --------------------------------------------------------- constructors

/** A whole number from `least` to `most`. */
export const wholeNumber = (least: number, most: number): t.Type<number, number, unknown> =>
  among(`a whole number from ${least} to ${most}`, (n) => Number.isInteger(n) && n >= least && n <= most)

/** A probability below 1. */
export const dropoutRate: t.Type<number, number, unknown> = among("a number from 0 to below 1", (n) => n >= 0 && n < 1)

function among(name: string, holds: (n: number) => boolean): t.Type<number, number, unknown> {
  const is = (u: unknown): u is number => typeof u === "number" && holds(u)
  return new t.Type<number, number, unknown>(
    name,
    is,
    (u, context) => (is(u) ? t.success(u) : t.failure(u, context, `must be ${name}, not ${shown(u)}`)),
    t.identity,
  )
}
