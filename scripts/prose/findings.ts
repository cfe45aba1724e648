/**
 * Finds forbidden phrases and long lines in the prose of a TypeScript or Markdown file.
 *
 * Prose is what a reader reads as text: comments, string literals and templates of TypeScript, and Markdown. Code in
 * backticks and in fences is not prose. A line of a comment or of Markdown is long past 120 columns; tables and lines
 * with a URL may be longer.
 */
import ts from "typescript"
import { phrases } from "./phrases.ts"

// ---------------------------------------------------------------- model

/** One thing to rewrite. Lines count from 1. */
export interface Finding {
  readonly line: number
  /** What the text says. */
  readonly phrase: string
  /** What to do. */
  readonly advice: string
}

const columns = 120

// --------------------------------------------------------- constructors

/** The findings in a file, in the order of their lines; the name decides the language. */
export const findings = (file: string, text: string): ReadonlyArray<Finding> => {
  if (file.endsWith(".md")) {
    const prose = withoutFences(text)
    return inOrder([...forbidden(withoutCode(withoutGlossary(prose))), ...long(prose, text)])
  }
  const { comments, literals } = rangesOf(file, text)
  const spoken = only(text, comments)
  return inOrder([...forbidden(joined(spoken, only(text, literals))), ...long(spoken, text)])
}

const inOrder = (found: ReadonlyArray<Finding>): ReadonlyArray<Finding> =>
  found.toSorted((one, other) => one.line - other.line)

const forbidden = (prose: string): ReadonlyArray<Finding> =>
  phrases.flatMap(([phrase, replacement]) =>
    [...prose.matchAll(new RegExp(`\\b(?:${phrase.replaceAll(" ", "\\s+")})\\b`, "gi"))].map((match) => ({
      line: lineAt(prose, match.index),
      phrase: match[0].replace(/\s+/g, " "),
      advice: `write "${replacement}"`,
    })),
  )

/** The long lines of a text that has prose in them. */
const long = (prose: string, text: string): ReadonlyArray<Finding> => {
  const lines = text.split("\n")
  return prose.split("\n").flatMap((shown, i) => {
    const line = lines[i] ?? ""
    // Prettier breaks code, and a comment that follows code is as long as its own columns.
    const followsCode = line.slice(0, shown.search(/\S/)).trim() !== "" && shown.trim().length <= columns
    const allowed = shown.trim() === "" || followsCode || /^[\s*/]*\|/.test(shown) || /https?:\/\//.test(shown)
    return line.length <= columns || allowed
      ? []
      : [{ line: i + 1, phrase: `${line.slice(0, 30).trim()}...`, advice: `break the line: ${line.length} columns` }]
  })
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split("\n").length

// -------------------------------------------------------------- languages

type Range = readonly [start: number, end: number]

/** A text of the same lines and columns that keeps the ranges only. */
const only = (text: string, ranges: ReadonlyArray<Range>): string => {
  let kept = ""
  for (const [start, end] of ranges.toSorted(([one], [other]) => one - other))
    if (start >= kept.length) kept += blank(text.slice(kept.length, start)) + text.slice(start, end)
  return kept + blank(text.slice(kept.length))
}

const blank = (text: string): string => text.replace(/[^\n]/g, " ")

/** Comments and literals in one text. The stars and slashes that begin a line become spaces, so that phrases join. */
const joined = (comments: string, literals: string): string => {
  const undecorated = comments.replace(/^[ \t]*(?:\/\*+|\/\/+|\*+\/?)/gm, blank)
  const spoken = withoutCode(withoutFences(undecorated))
  const quoted = withoutCode(literals)
  return spoken.replace(/ /g, (space, at: number) => quoted[at] ?? space)
}

/** Where the comments and the strings of a program are. Names of imported modules are no strings here. */
const rangesOf = (file: string, text: string): { comments: ReadonlyArray<Range>; literals: ReadonlyArray<Range> } => {
  const literals: Range[] = []
  // A scanner needs the syntax tree to know where templates and regular expressions end.
  const ends = new Map<number, number>()
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return
    if (ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node)) literals.push([node.getStart() + 1, node.end - 1])
    if (ts.isTemplateLiteralToken(node) || ts.isRegularExpressionLiteral(node)) ends.set(node.getStart(), node.end)
    node.forEachChild(visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))

  const comments: Range[] = []
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text)
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    const start = scanner.getTokenStart()
    if (kind === ts.SyntaxKind.SingleLineCommentTrivia || kind === ts.SyntaxKind.MultiLineCommentTrivia)
      comments.push([start, scanner.getTokenEnd()])
    const end = ends.get(start)
    if (end !== undefined) scanner.resetTokenState(end)
  }
  return { comments, literals }
}

/** Blanks the fences of Markdown, in a text of the same lines. */
const withoutFences = (text: string): string => {
  let mark: string | null = null
  return text
    .split("\n")
    .map((line) => {
      const [, fence] = /^\s*(`{3,}|~{3,})/.exec(line) ?? []
      const inside = mark !== null
      if (fence !== undefined && mark === null) mark = fence
      else if (mark !== null && fence?.startsWith(mark) === true) mark = null
      return inside || fence !== undefined ? blank(line) : line
    })
    .join("\n")
}

/** Blanks the table of words to write and not to write. */
const withoutGlossary = (text: string): string =>
  text.replace(/^\| write +\| not +\|\n(?:\|.*\n)*/gm, (table) => table.split("\n").map(blank).join("\n"))

/** Blanks code in backticks. */
const withoutCode = (text: string): string => text.replace(/`[^`\n]*`/g, blank)
