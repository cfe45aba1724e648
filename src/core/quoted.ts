/**
 * Text and values from outside, formatted for messages.
 */

/** Quotes a text, escapes its control characters and truncates it to 60 characters, to keep a message readable. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text).replace(
    invisible,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )

/** Formats a value for a message: quotes strings, and names only the kind of arrays, functions and objects. */
export const shown = (value: unknown): string => {
  if (typeof value === "string") return quoted(value)
  if (Array.isArray(value)) return "an array"
  if (typeof value === "function") return "a function"
  return typeof value === "object" && value !== null ? "an object" : String(value)
}

const LONGEST = 60

/** Characters that JSON does not escape, and that a terminal obeys or does not show. */
const invisible = /[\p{Cc}\p{Cf}\u2028\u2029]/gu
