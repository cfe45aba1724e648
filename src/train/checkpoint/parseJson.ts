/**
 * Parses JSON from an untrusted file.
 */
import { either as E } from "fp-ts"

// ---------------------------------------------------------- destructors

/** Returns the value, or what is wrong as the end of a sentence: nested too deeply, a repeated name, or not JSON. */
export const parseJson = (text: string): E.Either<string, unknown> => {
  const found = look(text)
  if (found.depth > DEEPEST) return E.left(`is nested more than ${DEEPEST} levels deep`)
  const parsed = E.tryCatch((): unknown => JSON.parse(text), String)
  if (E.isLeft(parsed)) return E.left("is not JSON")
  // Of two members with one name `JSON.parse` keeps the last, but another reader may keep the first.
  return membersOf(parsed.right) === found.members ? parsed : E.left("has the same name twice")
}

const DEEPEST = 64

const [QUOTE, BACKSLASH, COLON, OPEN, CLOSE, OPEN_ARRAY, CLOSE_ARRAY] = [...'"\\:{}[]'].map((c) => c.charCodeAt(0))

/** Returns how deeply a text is nested, and the number of members of all its objects. */
const look = (text: string): { readonly depth: number; readonly members: number } => {
  let [depth, deepest, members] = [0, 0, 0]
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === QUOTE) {
      for (i++; i < text.length && text.charCodeAt(i) !== QUOTE; i++) if (text.charCodeAt(i) === BACKSLASH) i++
    } else if (c === COLON) members++
    else if (c === OPEN || c === OPEN_ARRAY) deepest = Math.max(deepest, ++depth)
    else if (c === CLOSE || c === CLOSE_ARRAY) depth--
  }
  return { depth: deepest, members }
}

const membersOf = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 0
  const inside: ReadonlyArray<unknown> = Object.values(value)
  return inside.reduce((sum: number, one) => sum + membersOf(one), Array.isArray(value) ? 0 : inside.length)
}
