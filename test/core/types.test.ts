/**
 * The sentence that a user reads when two parts clash.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import { expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const file = `${root}test/clash.ts`

/** The errors of a file that does not exist, with this text. */
const errorsOf = (text: string): ReadonlyArray<string> => {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => readFileSync(path, "utf8")) as {
    config: unknown
  }
  const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root)
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = (path) => path === file || fileExists(path)
  host.readFile = (path) => (path === file ? text : readFile(path))
  host.getSourceFile = (path, language) =>
    path === file ? ts.createSourceFile(path, text, language, true) : getSourceFile(path, language)
  const program = ts.createProgram([file], { ...options, noEmit: true }, host)
  const source = program.getSourceFile(file)
  return program
    .getSemanticDiagnostics(source)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))
}

const given = `
import { function as F } from "fp-ts"
import { andThen, tied, type Bijection } from "bijou"
declare const f: Bijection<{ readonly wte: number }, number, number, null>
declare const g: Bijection<{ readonly wte: number; readonly norm: number }, number, number, null>
declare const h: Bijection<{ readonly head: number }, number, number, null>
declare const many: Bijection<ReadonlyArray<number>, number, number, null>
`

it("composition that clashes does not compile, and the error says why in words", () => {
  const errors = errorsOf(`${given}
    export const fine = F.pipe(f, andThen(h))
    export const clash = F.pipe(f, andThen(g))
    export const unnamed = F.pipe(f, andThen(many))
    export const untied = F.pipe(f, tied("wte")(h))
  `)
  expect(errors).toHaveLength(3)
  const [clash, unnamed, untied] = errors
  expect(clash).toContain("both parts have a parameter called")
  expect(clash).toContain('"wte"')
  expect(unnamed).toContain("name the repeated part")
  expect(untied).toContain("both parts must have the shared parameter")
})
