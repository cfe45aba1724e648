/**
 * Amounts of memory as text: `64 MB`, `1.5GB`, `4096`. As everywhere in bijou, a MB is 2^20 bytes.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { shown } from "../../core/quoted.ts"

// ---------------------------------------------------------------- model

/** Decodes such a text to bytes. Numbers are bytes already. */
export const ByteSize: t.Type<number, string, unknown> = new t.Type(
  "an amount of memory such as 64MB",
  (u): u is number => typeof u === "number" && u > 0,
  (u, context) => {
    const bytes = typeof u === "number" ? u : typeof u === "string" ? parse(u) : NaN
    return bytes > 0 && Number.isSafeInteger(bytes) ? t.success(bytes) : t.failure(u, context)
  },
  String,
)

// ---------------------------------------------------------- destructors

/** Returns a budget in bytes. Throws `RangeError` for a text that is not an amount of memory. */
export const byteSize = (given: number | string): number => {
  const decoded = ByteSize.decode(given)
  if (E.isRight(decoded)) return decoded.right
  throw new RangeError(`A budget must be ${ByteSize.name}, not ${shown(given)}.`)
}

/** Formats bytes for people: `64.00 MB`. */
export const inMegabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MB`

const parse = (text: string): number => {
  const [, digits, unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?i?b?)\s*$/i.exec(text) ?? []
  const power = " kmgt".indexOf(unit.charAt(0).toLowerCase().replace("b", " ") || " ")
  return digits === undefined ? NaN : Math.floor(Number(digits) * 1024 ** power)
}
