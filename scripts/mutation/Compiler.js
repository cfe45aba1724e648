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
    getCompilationSettings: () => ({ ...options, noEmit: true }),
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

  /** The first error of the program with `file` changed to `text`, or null. */
  const errorOf = (file, text) => {
    const path = join(root, file)
    set(path, text)
    const program = service.getProgram()
    // The changed file first, since its errors are the most likely; then whoever may see its types.
    for (const one of [path, ...[...own].filter((other) => other !== path)]) {
      const source = program.getSourceFile(one)
      const [error] = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      if (error !== undefined) return ts.flattenDiagnosticMessageText(error.messageText, " ")
    }
    return null
  }
  return {
    errorOf: (file, text) => {
      try {
        return errorOf(file, text)
      } finally {
        set(join(root, file), null)
      }
    },
  }
}
