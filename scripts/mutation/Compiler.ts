/**
 * The type checker, asked about one changed file at a time.
 */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import ts from "typescript"

export interface Compiler {
  /** Whether the program compiles with `file` changed to `text`. */
  readonly compiles: (file: string, text: string) => boolean
}

/** A compiler of the program that `files` are, under the project's own options. */
export const compiler = (root: string, files: ReadonlyArray<string>): Compiler => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const changed = new Map<string, string>()
  const versions = new Map<string, number>()
  const own = new Set(files.map((file) => join(root, file)))
  const read = (path: string) => changed.get(path) ?? readFileSync(path, "utf8")
  const service = ts.createLanguageService({
    getScriptFileNames: () => [...own],
    getScriptVersion: (path) => String(versions.get(path) ?? 0),
    getScriptSnapshot: (path) => (ts.sys.fileExists(path) ? ts.ScriptSnapshot.fromString(read(path)) : undefined),
    getCurrentDirectory: () => root,
    getCompilationSettings: () => ({ ...options, noEmit: false, declaration: true }),
    getDefaultLibFileName: (given) => join(dirname(ts.getDefaultLibFilePath(given)), ts.getDefaultLibFileName(given)),
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  })
  const set = (path: string, text: string | null) => {
    if (text === null) changed.delete(path)
    else changed.set(path, text)
    versions.set(path, (versions.get(path) ?? 0) + 1)
  }

  const declarations = (path: string) =>
    service
      .getEmitOutput(path, true)
      .outputFiles.map(({ text }) => text)
      .join("\n")
  const unchanged = new Map([...own].map((path) => [path, declarations(path)]))

  const compiles = (file: string, text: string): boolean => {
    const path = join(root, file)
    set(path, text)
    try {
      const program = service.getProgram()
      const isSound = (one: string) => {
        const source = program?.getSourceFile(one)
        if (program === undefined || source === undefined) throw new Error(`The compiler does not know ${one}.`)
        return program.getSyntacticDiagnostics(source).length + program.getSemanticDiagnostics(source).length === 0
      }
      // Other files see no more of this one than its declarations.
      return isSound(path) && (declarations(path) === unchanged.get(path) || [...own].every(isSound))
    } finally {
      set(path, null)
    }
  }
  return { compiles }
}
