/**
 * Every mutant of a file: its source with one piece made wrong.
 */
import ts from "typescript"
import { replacements } from "./rules.ts"

// ---------------------------------------------------------------- model

/** A source with one piece made wrong. */
export interface Mutant {
  readonly file: string
  readonly line: number
  /** The piece, and what is there instead. */
  readonly from: string
  readonly to: string
  /** The whole lines before and after, by which a mutant is known wherever in its file it moves. */
  readonly source: string
  readonly mutated: string
  /** The whole mutated file. */
  readonly text: string
}

// --------------------------------------------------------- constructors

/** The mutants of a source, in the order of the text. */
export const mutantsOf = (file: string, text: string): ReadonlyArray<Mutant> => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true)
  const found = new Map<
    string,
    { readonly start: number; readonly end: number; readonly to: string; readonly mutated: string }
  >()
  const visit = (node: ts.Node): void => {
    if (isOfTypes(node)) return
    for (const { start, end, text: to } of replacements(node, source)) {
      const mutated = text.slice(0, start) + to + text.slice(end)
      found.set(`${start} ${end} ${to}`, { start, end, to, mutated })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return [...found.values()]
    .toSorted((a, b) => a.start - b.start || a.end - b.end)
    .map(({ start, end, to, mutated }) => ({
      file,
      line: source.getLineAndCharacterOfPosition(start).line + 1,
      from: flat(text.slice(start, end)),
      to: flat(to),
      source: flat(linesAround(text, start, end)),
      mutated: flat(linesAround(mutated, start, start + to.length)),
      text: mutated,
    }))
}

/** Types are not code, and imports say nothing that could be wrong. */
const isOfTypes = (node: ts.Node): boolean =>
  ts.isTypeNode(node) ||
  ts.isTypeParameterDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node)

const linesAround = (text: string, start: number, end: number): string => {
  const close = text.indexOf("\n", end)
  return text.slice(text.lastIndexOf("\n", start - 1) + 1, close === -1 ? text.length : close)
}

const flat = (text: string): string => text.replace(/\s+/g, " ").trim()
