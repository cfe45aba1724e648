/**
 * Examples are tests: every `ts` fence of README.md, CONTRIBUTING.md, `docs` and the doc comments of `src` and
 * `laws` is type-checked and run.
 *
 * A fence is a module that imports from the package name. A result follows a statement, as a trailing `// =>`:
 *
 * - `expr // => text` and `const x = expr // => text`: what `util.inspect` shows of the awaited value, on one line
 * - `console.log(...) // => text`: what it prints
 *
 * Long results continue in the comment lines below. A fence marked `ts no-run` is type-checked only. A fence marked `ts
 * unchecked` is neither, because it imports a package that is not installed here.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { formatWithOptions, inspect } from "node:util"
import ts from "typescript"
import { afterAll, describe, expect, it } from "vitest"

// ---------------------------------------------------------------- model

interface Fence {
  /** The document, relative to the root of the repository. */
  readonly document: string
  /** The line of the document, counted from 1, at which the code begins. */
  readonly line: number
  readonly code: string
  readonly runs: boolean
}

const root = fileURLToPath(new URL("../..", import.meta.url))

const oneLine = { breakLength: Infinity, compact: true } as const

const squeeze = (text: string): string => text.trim().replace(/\s+/g, " ")

// ---------------------------------------------------------- extraction

/** The fences of a Markdown text whose first line is line `first` of its document. */
const fencesOf = (document: string, markdown: string, first = 1): ReadonlyArray<Fence> => {
  const fences: Array<Fence> = []
  let open: {
    readonly mark: string
    readonly info: string
    readonly line: number
    readonly code: Array<string>
  } | null = null
  for (const [index, text] of markdown.split("\n").entries()) {
    const fence = /^\s*(`{3,}|~{3,})\s*(.*?)\s*$/.exec(text)
    if (open !== null) {
      if (fence !== null && fence[1]?.startsWith(open.mark) === true && fence[2] === "") {
        const { info, line, code } = open
        if (info === "ts" || info === "ts no-run") {
          fences.push({ document, line, code: code.join("\n"), runs: info === "ts" })
        } else if (info !== "ts unchecked" && /^(ts|typescript|js|javascript|mts|mjs)\b/.test(info)) {
          throw new Error(
            `${document}:${line - 1} opens a fence "${info}": write "ts" or "ts no-run", so that it is checked.`,
          )
        }
        open = null
      } else {
        open.code.push(text)
      }
    } else if (fence !== null) {
      open = { mark: fence[1] ?? "", info: fence[2] ?? "", line: first + index + 1, code: [] }
    }
  }
  if (open !== null) throw new Error(`${document}:${open.line - 1} opens a fence that is never closed.`)
  return fences
}

/** The fences in the doc comments of a TypeScript text. */
const fencesInComments = (document: string, source: string): ReadonlyArray<Fence> =>
  [...source.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].flatMap((comment) => {
    const markdown = comment[0]
      .replace(/^[ \t]*\/\*\*/, "")
      .replace(/\*\/$/, "")
      .replace(/^[ \t]*\* ?/gm, "")
    return fencesOf(document, markdown, source.slice(0, comment.index).split("\n").length)
  })

// ----------------------------------------------------------- rewriting

/** Returns the code of a fence in which every `// =>` has become a call of `$shows` or `$prints`, line by line. */
const asserted = ({ document, line, code }: Fence): string => {
  const file = ts.createSourceFile("fence.ts", code, ts.ScriptTarget.Latest, true)
  const results: Array<{ readonly start: number; readonly end: number; readonly text: string }> = []
  let claimed = 0
  for (const statement of file.statements) {
    const comment = ts.getTrailingCommentRanges(code, statement.end)?.at(-1)
    const first = comment === undefined ? "" : code.slice(comment.pos, comment.end)
    if (comment === undefined || !first.startsWith("// =>")) continue
    claimed += 1
    const more = /^(?:\n[ \t]*\/\/(?! =>)[^\n]*)*/.exec(code.slice(comment.end))?.[0] ?? ""
    const expected = JSON.stringify(squeeze((first.slice(5) + more.replace(/\n[ \t]*\/\//g, "\n")).trim()))
    const at = line + file.getLineAndCharacterOfPosition(statement.end).line
    const claim = `${expected}, ${JSON.stringify(`${document}:${at}`)}`
    const start = statement.getStart(file)
    if (ts.isExpressionStatement(statement)) {
      const { expression } = statement
      const prints = ts.isCallExpression(expression) && expression.expression.getText(file) === "console.log"
      const subject = prints
        ? `$prints([${expression.arguments.map((argument) => argument.getText(file)).join(", ")}]`
        : `$shows(await (${expression.getText(file)})`
      results.push({ start, end: statement.end, text: `;${subject}, ${claim});` })
    } else if (ts.isVariableStatement(statement)) {
      const name = statement.declarationList.declarations.at(-1)?.name.getText(file) ?? ""
      results.push({ start, end: statement.end, text: `${statement.getText(file)};$shows(await ${name}, ${claim});` })
    } else {
      throw new Error(`${document}:${at} has a "// =>" after something that has no value.`)
    }
  }
  const written = code.match(/\/\/ ?=>/g)?.length ?? 0
  if (written !== claimed) {
    throw new Error(
      `${document}:${line} has ${written} results ("// =>"), but ${claimed} follow a top-level statement.`,
    )
  }
  return results.reduceRight((text, result) => text.slice(0, result.start) + result.text + text.slice(result.end), code)
}

const shows = (value: unknown, expected: string, at: string): void =>
  expect(squeeze(inspect(value, oneLine)), at).toBe(expected)

const prints = (values: ReadonlyArray<unknown>, expected: string, at: string): void =>
  expect(squeeze(formatWithOptions(oneLine, ...values)), at).toBe(expected)

Object.assign(globalThis, { $shows: shows, $prints: prints })

// ----------------------------------------------------------- documents

const read = (document: string): string => readFileSync(join(root, document), "utf8")

/** The recipes of docs/browsers.md are run by test/package/bundlers.test.ts. */
const pages = ["README.md", "CONTRIBUTING.md", ...readdirSync(join(root, "docs")).map((page) => `docs/${page}`)].filter(
  (document) => document !== "docs/browsers.md" && existsSync(join(root, document)),
)

const sources = ["src", "laws"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith(".ts"))
  .sort()

const fences = [
  ...pages.flatMap((document) => fencesOf(document, read(document))),
  ...sources.flatMap((document) => fencesInComments(document, read(document))),
]

mkdirSync(join(root, ".reports"), { recursive: true })
const folder = mkdtempSync(join(root, ".reports", "documents-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const nameOf = ({ document, line }: Fence): string => `${document.replace(/[^A-Za-z0-9]+/g, "_")}_${line}`

/** Every error of the given modules, under the options of tsconfig.json, as `document:line message`. */
const typeErrors = (modules: ReadonlyArray<Fence>): ReadonlyArray<string> => {
  const byFile = new Map(modules.map((fence) => [join(folder, `${nameOf(fence)}.types.ts`), fence]))
  for (const [file, fence] of byFile) writeFileSync(file, fence.code)
  const config: unknown = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram([...byFile.keys()], { ...options, noEmit: true })
  return [...byFile].flatMap(([file, fence]) =>
    [
      ...program.getSyntacticDiagnostics(program.getSourceFile(file)),
      ...program.getSemanticDiagnostics(program.getSourceFile(file)),
    ].map(({ start, messageText }) => {
      const line = fence.line + fence.code.slice(0, start ?? 0).split("\n").length - 1
      return `${fence.document}:${line} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
    }),
  )
}

/** Runs a fence as a module; rejects where a result differs. */
const run = async (fence: Fence): Promise<void> => {
  const file = join(folder, `${nameOf(fence)}.run.ts`)
  writeFileSync(file, asserted(fence))
  const before = process.cwd()
  process.chdir(folder)
  await import(/* @vite-ignore */ pathToFileURL(file).href).finally(() => process.chdir(before))
}

describe("examples in documents", () => {
  it("are present in README.md", () => {
    if (pages.includes("README.md")) expect(fences.filter(({ document }) => document === "README.md")).not.toEqual([])
  })

  it("compile", () => expect(typeErrors(fences)).toEqual([]))

  for (const fence of fences.filter(({ runs }) => runs)) {
    it(`${relative(".", fence.document)}:${fence.line} gives the results it states`, () => run(fence))
  }
})

describe("the harness", () => {
  const fence = (code: string, document = "harness"): Fence => ({ document, line: 1, code, runs: true })

  it("finds the fences of a doc comment, with their lines", () => {
    const source = "const x = 1\n/**\n * Doc.\n *\n * ```ts\n * 1 + 1 // => 2\n *   \n * ```\n */\n"
    expect(fencesInComments("a.ts", source)).toEqual([
      { document: "a.ts", line: 6, code: "1 + 1 // => 2\n  ", runs: true },
    ])
  })

  it("refuses a fence that would go unchecked", () => {
    expect(() => fencesOf("a.md", "```js\n1\n```")).toThrow('a.md:1 opens a fence "js"')
    expect(() => fencesOf("a.md", "```ts\n1\n")).toThrow("never closed")
    expect(() => asserted(fence("if (true) {\n  1 // => 1\n}"))).toThrow("1 results")
    expect(() => asserted(fence("interface A {} // => 1"))).toThrow("no value")
  })

  it("accepts true results", () =>
    run(
      fence(
        [
          'import { inspect } from "node:util"',
          "Promise.resolve([-0, 1]) // => [ -0, 1 ]",
          "const pair = { a: 1, b: [",
          "  \"x\"] } // => { a: 1, b: [ 'x' ] }",
          'console.log("a", pair.a) // => a 1',
          "Array.from({ length: 8 }, (_, i) => i) // => [ 0, 1, 2, 3,",
          "// 4, 5, 6, 7 ]",
          "inspect(1)",
        ].join("\n"),
        "true",
      ),
    ))

  it("refuses a false result", async () => {
    await expect(run(fence("0 // => -0", "false1"))).rejects.toThrow("false1:1")
    await expect(run(fence("\nconst x = 1 // => 2", "false2"))).rejects.toThrow("false2:2")
    await expect(run(fence('console.log("a") // => b', "false3"))).rejects.toThrow("false3:1")
  })

  it("refuses code that does not compile", () =>
    expect(typeErrors([fence("const a = 1\nconst b: string = a", "untyped")])).toEqual([
      "untyped:2 Type 'number' is not assignable to type 'string'.",
    ]))
})
