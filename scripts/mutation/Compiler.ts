/**
 * The type checker, asked about one changed file at a time.
 */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import ts from "typescript"

/** A compiler of the program that `files` are, under the project's own options. */
export const compiler = (root, files) => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const changed = new Map()
  const versions = new Map()
  const own = new Set(files.map((file) => join(root, file)))
  const read = (path) => changed.get(path) ?? readFileSync(path, "utf8")
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
  const set = (path, text) => {
    if (text === null) changed.delete(path)
    else changed.set(path, text)
    versions.set(path, (versions.get(path) ?? 0) + 1)
  }

  const declarations = (path) =>
    service
      .getEmitOutput(path, true)
      .outputFiles.map(({ text }) => text)
      .join("\n")
  const unchanged = new Map([...own].map((path) => [path, declarations(path)]))

  /** Whether the program compiles with `file` changed to `text`. */
  const compiles = (file, text) => {
    const path = join(root, file)
    set(path, text)
    try {
      const program = service.getProgram()
      const isSound = (one) => {
        const source = program.getSourceFile(one)
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
