/**
 * Foreign text and values in messages.
 */

/** The text in quotes, with control characters escaped and cut after 60 characters, so that a message stays one sentence. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text).replace(
    invisible,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )

/** A foreign value as messages show it: texts are quoted, and what has parts is only named, however deep it is. */
export const shown = (value: unknown): string => {
  if (typeof value === "string") return quoted(value)
  if (Array.isArray(value)) return "an array"
  if (typeof value === "function") return "a function"
  return typeof value === "object" && value !== null ? "an object" : String(value)
}

const LONGEST = 60

/** What JSON leaves as it is, and a terminal obeys or does not show. */
const invisible = /[\p{Cc}\p{Cf}\u2028\u2029]/gu
