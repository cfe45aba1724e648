/**
 * Foreign values in messages: what a file or a command line holds, on one line and cut.
 */

/** The value as JSON, without control characters, and at most some 60 characters of it. */
export const quoted = (value: unknown): string => {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value))
  // Characters that cannot be seen, that turn the direction of a line or that end it.
  const plain = text
    .slice(0, MOST)
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`)
  if (text.length <= MOST) return plain
  return typeof value === "string" ? `${plain}..." (${value.length} characters)` : `${plain}...`
}

const MOST = 60
